using System.Text.Json;
using System.Text.Json.Nodes;
using TrackApiSandbox.Snapshots;

namespace TrackApiSandbox.State;

/// <summary>Attributes by name, case-sensitive, each as it was sent.</summary>
internal sealed class AttributeSet
{
    private const string Preferences = "cio_subscription_preferences";

    // What a dotted key can change of the preferences.
    private static readonly string[] Groups = ["topics", "channels"];

    private readonly Dictionary<string, JsonText> _values = [];

    /// <summary>Sets what is mentioned, removes what is null; a dotted key of a topic or channel changes that one alone.</summary>
    public void ApplyToPerson(IReadOnlyList<KeyValuePair<string, JsonText>> attributes)
    {
        foreach ((string name, JsonText value) in attributes)
        {
            if (Array.Find(Groups, group => name.StartsWith($"{Preferences}.{group}.", StringComparison.Ordinal)) is { } group)
            {
                SetPreference(group, name[(Preferences.Length + group.Length + 2)..], value);
            }
            else
            {
                Set(name, value, removes: value.IsNull);
            }
        }
    }

    /// <summary>Sets what is mentioned, removes what is null or an empty text: for objects and relationships both are documented to remove.</summary>
    public void ApplyToObject(IReadOnlyList<KeyValuePair<string, JsonText>> attributes)
    {
        foreach ((string name, JsonText value) in attributes)
        {
            Set(name, value, removes: value.IsNull || value.Utf8.Span.SequenceEqual("\"\""u8));
        }
    }

    /// <summary>Takes over what is not set here.</summary>
    public void FillFrom(AttributeSet other)
    {
        foreach ((string name, JsonText value) in other._values)
        {
            _values.TryAdd(name, value);
        }
    }

    /// <summary><c>unsubscribed</c> is true for true in any case, 1 and "1"; any other value is false (Track API, identify).</summary>
    public bool SaysUnsubscribed()
    {
        if (!_values.TryGetValue("unsubscribed", out JsonText value))
        {
            return false;
        }

        JsonElement element = value.ToElement();
        return element.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.Number => element.TryGetInt32(out int number) && number == 1,
            JsonValueKind.String => element.GetString() is { } text && (text == "1" || text.Equals("true", StringComparison.OrdinalIgnoreCase)),
            _ => false,
        };
    }

    public IReadOnlyDictionary<string, JsonText> Snapshot() => new Dictionary<string, JsonText>(_values);

    private void Set(string name, JsonText value, bool removes)
    {
        if (removes)
        {
            _values.Remove(name);
        }
        else
        {
            _values[name] = value;
        }
    }

    private void SetPreference(string group, string name, JsonText value)
    {
        JsonObject preferences = _values.TryGetValue(Preferences, out JsonText known) && known.ToNode() is JsonObject knownPreferences ? knownPreferences : [];
        if (preferences[group] is not JsonObject switches)
        {
            preferences[group] = switches = [];
        }

        switches[name] = value.ToNode();
        _values[Preferences] = new JsonText(JsonSerializer.SerializeToUtf8Bytes(preferences));
    }
}
