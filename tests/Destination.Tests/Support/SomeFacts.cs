using System.Globalization;
using CsCheck;

namespace CustomerIoDestination.Tests.Support;

/// <summary>A value as a sender may write it, and the JSON that says the same as it is to be sent.</summary>
/// <param name="Given">As it is written.</param>
/// <param name="Sent">As it is to be sent.</param>
/// <param name="IsHalf">Whether a lone surrogate in it can't be sent as it is.</param>
internal sealed record GivenValue(string Given, string Sent, bool IsHalf);

/// <summary>Facts about a person or an event with values that serialisers get wrong: lone surrogates, escapes, numbers no double holds, deep nesting.</summary>
internal static class SomeFacts
{
    private static readonly string[] Names =
    [
        "email", "id", "userId", "user_id", "created_at", "createdAt", "unsubscribed", "_update", "_timestamp", "_other", "cio_x", "anonymous_id", "$email", "$ip", "idfa", "token", "time", "distinct_id",
        "cio_subscription_preferences", "cio_subscription_preferences.topics.topic_1", "cio_relationships", "recipient", "reply_to", "url", "path", "name", "title",
        "objectId", "objectTypeId", "relationshipAttributes", "action", "plan", "total", "clinic", "", " ", "x@y.co", "a.b", "a\"b\\c", "ü", "\u200B", "\uFFFD",
    ];

    private static readonly string[] Numbers =
        ["0", "-0", "-0.0", "0.10", "1e400", "1E-400", "9007199254740993", "12345678901234567890", "123456789012345678901234567890.000000000000000001", "1.0", "1700000000", "5e-324"];

    private static readonly string[] Texts =
        ["", " ", "true", "off", "ada@example.com", " Ada <ada@example.com> ", "ada@example", "2026-11-20T08:30:00Z", "1700000000", "0012", "{\"a\":1}", "[]", "https://a.example/?q=1#x", "undefined"];

    private static readonly Gen<GivenValue> Scalars = Gen.Frequency(
        (3, SomeJson.Texts.Select(text => Same(SomeJson.Quote(text)))),
        (3, Pick(Texts).Select(text => Same(SomeJson.Quote(text)))),
        (2, Pick(Numbers).Select(Same)),
        (2, Gen.Decimal.Select(number => Same(number.ToString(CultureInfo.InvariantCulture)))),
        (2, Pick(["true", "false", "null"]).Select(Same)),
        (1, Pick(["\\ud800", "\\uDFFF", "\\ud83dx", "\\udc00\\ud800"]).Select(half => new GivenValue($"\"a{half}b\"", $"\"a{Whole(half)}b\"", IsHalf: true))),
        (1, Pick(["\\u0041", "\\ud83d\\ude00", "\\/", "\\u0000", "\\u001f\\t"]).Select(escaped => Same($"\"{escaped}\""))),
        (1, Gen.Int[990, 1_010].Select(length => Same($"\"{new string('x', length)}\""))),
        (1, Gen.Int[20, 29].Select(depth => Same(string.Concat(Enumerable.Repeat("[", depth)) + string.Concat(Enumerable.Repeat("]", depth))))));

    /// <summary>Any value.</summary>
    public static Gen<GivenValue> Values { get; } = Nested(2);

    /// <summary>Up to eight facts, no name twice.</summary>
    public static Gen<(string Name, GivenValue Value)[]> Some { get; } =
        Gen.Select(Gen.OneOf(Pick(Names), Pick(Names), SomeJson.Texts), Values).Array[0, 8].Select(facts => facts.DistinctBy(fact => fact.Item1).ToArray());

    /// <summary>The facts as a JSON object.</summary>
    public static string ToJson(IEnumerable<(string Name, GivenValue Value)> facts) =>
        $"{{{string.Join(',', facts.Select(fact => $"{SomeJson.Quote(fact.Name)}:{fact.Value.Given}"))}}}";

    private static Gen<GivenValue> Nested(int depth)
    {
        if (depth == 0)
        {
            return Scalars;
        }

        Gen<GivenValue> inner = Nested(depth - 1);
        return Gen.Frequency(
            (4, Scalars),
            (1, inner.Array[0, 3].Select(items => Join('[', items, ']'))),
            (1, Gen.Select(Gen.OneOf(SomeJson.Texts, Pick(Names)), inner).Array[0, 3].Select(members =>
                Join('{', members.DistinctBy(member => member.Item1).Select(member => Member(member.Item1, member.Item2)), '}'))));
    }

    private static GivenValue Member(string name, GivenValue value) =>
        new($"{SomeJson.Quote(name)}:{value.Given}", $"{SomeJson.Quote(name)}:{value.Sent}", value.IsHalf);

    private static GivenValue Join(char open, IEnumerable<GivenValue> parts, char close)
    {
        GivenValue[] all = [.. parts];
        return new GivenValue(
            $"{open}{string.Join(',', all.Select(part => part.Given))}{close}", $"{open}{string.Join(',', all.Select(part => part.Sent))}{close}", all.Any(part => part.IsHalf));
    }

    private static GivenValue Same(string json) => new(json, json, IsHalf: false);

    // Each half of a character by itself.
    private static string Whole(string halves) => halves.Length > 7 ? "\\ufffd\\ufffd" : "\\ufffd" + halves[6..];

    private static Gen<string> Pick(string[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);
}
