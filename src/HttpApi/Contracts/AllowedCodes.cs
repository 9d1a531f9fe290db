namespace CustomerIoDestination.HttpApi.Contracts;

/// <summary>The codes of a closed set, for the message that says what would have been right.</summary>
internal static class AllowedCodes
{
    public static string Of<T>(Func<T, string> toCode)
        where T : struct, Enum => "one of " + string.Join(", ", Enum.GetValues<T>().Select(toCode));
}
