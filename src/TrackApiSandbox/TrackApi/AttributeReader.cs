using System.Text.Json;
using TrackApiSandbox.Snapshots;

namespace TrackApiSandbox.TrackApi;

/// <summary>Reads attributes of objects and relationships, and checks the limits that all attributes share.</summary>
internal static class AttributeReader
{
    /// <summary>Every member as an attribute; an absent object has none.</summary>
    public static IReadOnlyList<KeyValuePair<string, JsonText>> Read(JsonElement? attributes, List<Problem> problems)
    {
        var values = new List<KeyValuePair<string, JsonText>>();
        if (attributes is not { } present)
        {
            return values;
        }

        if (present.ValueKind is not JsonValueKind.Object)
        {
            problems.Add(Problem.AttributesNotObject);
            return values;
        }

        foreach (JsonProperty attribute in present.EnumerateObject())
        {
            string name = attribute.Name;
            Check(name, attribute.Value, problems);
            values.Add(new(name, JsonText.Of(attribute.Value)));
        }

        CheckCount(values.Count, problems);
        return values;
    }

    public static void Check(string name, JsonElement value, List<Problem> problems)
    {
        if (TrackApiLimits.IsLonger(name, TrackApiLimits.MaxAttributeNameBytes))
        {
            problems.Add(Problem.AttributeNameTooLong(name));
        }

        if (TrackApiLimits.IsLonger(value, TrackApiLimits.MaxAttributeValueBytes))
        {
            problems.Add(Problem.AttributeValueTooLong(name));
        }
    }

    public static void CheckCount(int count, List<Problem> problems)
    {
        if (count > TrackApiLimits.MaxAttributes)
        {
            problems.Add(Problem.TooManyAttributes);
        }
    }
}
