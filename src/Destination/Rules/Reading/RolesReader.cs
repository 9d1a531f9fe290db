using System.Text.Json;
using CustomerIoDestination.Events;
using CustomerIoDestination.Rules.Naming;

namespace CustomerIoDestination.Rules.Reading;

/// <summary>
/// Reads <c>lifecycle</c>, <c>objects</c> and <c>devices</c>: the tracks that mean more than that something happened, each by its whole name. No pattern is taken:
/// what is deleted by one can't be brought back.
/// </summary>
/// <param name="file">The file.</param>
/// <param name="enabled">The tracks that are sent; null for all.</param>
/// <param name="disabled">The tracks that are never sent; null for none.</param>
internal sealed class RolesReader(RulePart file, NameSet? enabled, NameSet? disabled)
{
    // What Freshpaint's mobile libraries, and those they come from, send by themselves.
    private static readonly (string Name, EventRole Role)[] UsualDeviceEvents =
        [("Application Installed", EventRole.AddDevice), ("Application Opened", EventRole.AddDevice), ("Application Uninstalled", EventRole.RemoveDevice)];

    private static readonly Dictionary<string, EventSources> SourceNames = new(StringComparer.Ordinal)
    {
        ["web"] = EventSources.Web,
        ["mobile"] = EventSources.Mobile,
        ["server"] = EventSources.Server,
    };

    private readonly Dictionary<string, (NamePattern Name, EventRole Role, string Path)> _found = new(StringComparer.Ordinal);

    /// <summary>Where lifecycle events may come from.</summary>
    public EventSources Sources { get; private set; } = EventSources.All;

    /// <summary>Reads the roles; what is wrong is reported.</summary>
    public EventRoles Read()
    {
        if (file.Member("lifecycle") is { } lifecycle && lifecycle.IsObject("delete", "suppress", "unsuppress", "sources"))
        {
            Take(lifecycle, "delete", EventRole.DeletePerson);
            Take(lifecycle, "suppress", EventRole.SuppressPerson);
            Take(lifecycle, "unsuppress", EventRole.UnsuppressPerson);
            if (lifecycle.Member("sources") is { } sources)
            {
                Sources = sources.Words(SourceNames).Aggregate(EventSources.None, (all, one) => all | one);
            }
        }

        if (file.Member("objects") is { } objects && objects.IsObject("update", "delete"))
        {
            Take(objects, "update", EventRole.UpdateObject);
            Take(objects, "delete", EventRole.DeleteObject);
        }

        ReadDevices();
        return new EventRoles(_found.Values.Select(entry => KeyValuePair.Create(entry.Name, entry.Role)));
    }

    private void ReadDevices()
    {
        if (file.Member("devices") is not { Json.ValueKind: not JsonValueKind.False } devices)
        {
            return;
        }

        if (devices.Json.ValueKind != JsonValueKind.True)
        {
            if (devices.Json.ValueKind != JsonValueKind.Object)
            {
                devices.Problem($"is {RulePart.Word(devices.Json.ValueKind)}; true, false or an object was expected");
            }
            else if (devices.IsObject("add", "remove"))
            {
                Take(devices, "add", EventRole.AddDevice);
                Take(devices, "remove", EventRole.RemoveDevice);
            }

            return;
        }

        (NamePattern Name, EventRole Role)[] usual = [.. UsualDeviceEvents.Select(entry => (NamePattern.Of(entry.Name), entry.Role)).Where(entry => WhyNotSent(entry.Item1) is null)];
        if (usual.Length == 0)
        {
            devices.Problem("has no effect: \"events\" lets in none of Application Installed, Application Opened and Application Uninstalled");
        }

        foreach ((NamePattern name, EventRole role) in usual)
        {
            _found.TryAdd(name.Text, (name, role, devices.Path));
        }
    }

    private void Take(RulePart part, string key, EventRole role)
    {
        if (part.Member(key) is not { } list)
        {
            return;
        }

        foreach (RulePart element in list.Elements())
        {
            foreach (NamePattern name in NamesReader.Patterns([element], WhyNot))
            {
                if (!_found.TryAdd(name.Text, (name, role, element.Path)))
                {
                    element.Problem($"\"{name.Text}\" is in {_found[name.Text].Path} already; an event has one meaning");
                }
            }
        }
    }

    private string? WhyNot(NamePattern name) =>
        !name.IsExact ? $"\"{name.Text}\" is a pattern; each event is named by its whole name here"
        : name.Text.StartsWith('$') ? $"\"{name.Text}\" is no track; only tracks can have a meaning of their own"
        : WhyNotSent(name) is { } reason ? $"\"{name.Text}\" is not sent because of {reason}, so this never applies"
        : null;

    private string? WhyNotSent(NamePattern name) => disabled?.All.Any(name.Overlaps) == true ? "events.disabled"
        : enabled?.All.Any(name.Overlaps) == false ? "events.enabled"
        : null;
}
