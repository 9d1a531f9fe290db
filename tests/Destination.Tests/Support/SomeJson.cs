using System.Globalization;
using System.Text.Json.Nodes;
using CsCheck;

namespace CustomerIoDestination.Tests.Support;

/// <summary>Random JSON text for property tests: any text (well-formed UTF-16), any number, nested to a small depth.</summary>
internal static class SomeJson
{
    private static readonly string[] KnownNames =
        ["type", "event", "name", "userId", "anonymousId", "groupId", "messageId", "timestamp", "properties", "traits", "context", "integrations", "page", "url", "email"];

    private static readonly string[] KnownTexts = ["track", "identify", "page", "screen", "a@b.co", "u1", "2020-01-01", "true", ".."];

    /// <summary>Any text.</summary>
    public static Gen<string> Texts { get; } =
        Gen.OneOf(Gen.Char[' ', '~'], Gen.Char['\0', '\u001f'], Gen.Char['\u0080', '\ud7ff'], Gen.Char['\ue000', '\uffff']).Array[0, 12].Select(chars => new string(chars));

    /// <summary>Any JSON.</summary>
    public static Gen<string> Values { get; } = Nested(4);

    /// <summary>Objects with names that mean something to the reader, and any values.</summary>
    public static Gen<string> Events { get; } = Gen.Select(Pick(KnownNames), Nested(3)).Array[0, 14].Select(ToObject);

    /// <summary>A text as JSON.</summary>
    public static string Quote(string text) => JsonValue.Create(text).ToJsonString();

    private static Gen<string> Nested(int depth)
    {
        Gen<string> scalars = Gen.OneOf(
            Texts.Select(Quote),
            Pick(KnownTexts).Select(Quote),
            Gen.Long.Select(number => number.ToString(CultureInfo.InvariantCulture)),
            Gen.Decimal.Select(number => number.ToString(CultureInfo.InvariantCulture)),
            Pick(["true", "false", "null", "1e400", "-0.0"]));
        if (depth == 0)
        {
            return scalars;
        }

        Gen<string> inner = Nested(depth - 1);
        return Gen.OneOf(
            scalars,
            inner.Array[0, 4].Select(items => $"[{string.Join(',', items)}]"),
            Gen.Select(Gen.OneOf(Texts, Pick(KnownNames)), inner).Array[0, 5].Select(ToObject));
    }

    private static Gen<string> Pick(string[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static string ToObject((string Name, string Value)[] members) =>
        $"{{{string.Join(',', members.DistinctBy(member => member.Name).Select(member => $"{Quote(member.Name)}:{member.Value}"))}}}";
}
