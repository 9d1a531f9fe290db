namespace CustomerIoDestination.Text;

/// <summary>What a JSON value is. <see cref="Missing"/> stands for a value that is not there at all.</summary>
public enum JsonKind : byte
{
    /// <summary>Not there.</summary>
    Missing,

    /// <summary><c>null</c>.</summary>
    Null,

    /// <summary><c>false</c>.</summary>
    False,

    /// <summary><c>true</c>.</summary>
    True,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A string.</summary>
    String,

    /// <summary>An object.</summary>
    Object,

    /// <summary>An array.</summary>
    Array,
}

/// <summary>Words for <see cref="JsonKind"/> in messages.</summary>
internal static class JsonKindWords
{
    /// <summary>The kind with its article, for instance <c>an object</c>.</summary>
    public static string WithArticle(this JsonKind kind) => kind switch
    {
        JsonKind.Missing => "missing",
        JsonKind.Null => "null",
        JsonKind.False or JsonKind.True => "a boolean",
        JsonKind.Number => "a number",
        JsonKind.String => "a text",
        JsonKind.Object => "an object",
        _ => "an array",
    };
}
