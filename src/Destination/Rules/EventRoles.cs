using System.Collections.Frozen;
using CustomerIoDestination.Rules.Naming;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules;

/// <summary>What a track means beyond that something happened: the rules say so by its name.</summary>
internal enum EventRole
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The person is deleted (<c>lifecycle.delete</c>).</summary>
    DeletePerson,

    /// <summary>The person is deleted and kept out (<c>lifecycle.suppress</c>).</summary>
    SuppressPerson,

    /// <summary>The person may come back (<c>lifecycle.unsuppress</c>).</summary>
    UnsuppressPerson,

    /// <summary>It tells facts about an object (<c>objects.update</c>).</summary>
    UpdateObject,

    /// <summary>An object is deleted (<c>objects.delete</c>).</summary>
    DeleteObject,

    /// <summary>A device of the person takes messages (<c>devices.add</c>).</summary>
    AddDevice,

    /// <summary>A device of the person takes no more messages (<c>devices.remove</c>).</summary>
    RemoveDevice,
}

/// <summary>The tracks with a role, by the names they come in with.</summary>
/// <param name="roles">Each name and its role; no name twice.</param>
internal sealed class EventRoles(IEnumerable<KeyValuePair<NamePattern, EventRole>> roles)
{
    private readonly FrozenDictionary<Utf8Text, EventRole> _byName =
        roles.ToFrozenDictionary(entry => Utf8Text.Of(entry.Key.Text), entry => entry.Value, Utf8NameComparer.Instance);

    /// <summary>No track has one.</summary>
    public static EventRoles None { get; } = new([]);

    /// <summary>The role of a track by its incoming name.</summary>
    public EventRole Of(Utf8Text name) => _byName.Count == 0 ? EventRole.None : _byName.GetValueOrDefault(NamePattern.Trim(name));
}
