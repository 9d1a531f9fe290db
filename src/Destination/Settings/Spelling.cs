namespace CustomerIoDestination.Settings;

/// <summary>Tells which known name somebody meant who wrote another. Upper and lower case don't count.</summary>
internal static class Spelling
{
    private const int LongName = 8;

    /// <summary>Whether a name is the known one or a slip of it: one edit from it, two where the known one has eight letters or more.</summary>
    public static bool IsNear(string name, string known) => Edits(name, known) <= Allowed(known);

    /// <summary>The known name that is nearest; null when none is near.</summary>
    public static string? Nearest(string name, IEnumerable<string> known) => known.Where(candidate => IsNear(name, candidate)).MinBy(candidate => Edits(name, candidate));

    private static int Allowed(string known) => known.Length >= LongName ? 2 : 1;

    // A letter more, less or another one, or two neighbours in the wrong order.
    private static int Edits(string name, string known)
    {
        if (Math.Abs(name.Length - known.Length) > Allowed(known))
        {
            return int.MaxValue;
        }

        int[,] edits = new int[name.Length + 1, known.Length + 1];
        for (int i = 0; i <= name.Length; i++)
        {
            for (int j = 0; j <= known.Length; j++)
            {
                edits[i, j] = i == 0 || j == 0 ? i + j : Math.Min(
                    Math.Min(edits[i - 1, j], edits[i, j - 1]) + 1,
                    edits[i - 1, j - 1] + (Same(name[i - 1], known[j - 1]) ? 0 : 1));
                if (i > 1 && j > 1 && Same(name[i - 1], known[j - 2]) && Same(name[i - 2], known[j - 1]))
                {
                    edits[i, j] = Math.Min(edits[i, j], edits[i - 2, j - 2] + 1);
                }
            }
        }

        return edits[name.Length, known.Length];
    }

    private static bool Same(char x, char y) => char.ToUpperInvariant(x) == char.ToUpperInvariant(y);
}
