using CustomerIoDestination.Text;

namespace CustomerIoDestination.Events;

/// <summary>Picks a name out of the places that may hold one.</summary>
internal static class Names
{
    /// <summary>The first candidate that is a text with anything in it, without what is around it.</summary>
    public static bool TryFirst(ReadOnlySpan<JsonValue> candidates, out Utf8Text name)
    {
        foreach (JsonValue candidate in candidates)
        {
            if (candidate.TryGetText(out name) && !name.IsBlank)
            {
                name = Utf8Scan.Trim(name);
                return true;
            }
        }

        name = default;
        return false;
    }
}
