using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CustomerIoDestination.ApiContract.Asking;

/// <summary>What every answer must be.</summary>
internal static class AnswerAssertions
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>JSON with this status, which no cache keeps. Answers with the body.</summary>
    public static JsonNode ShouldBeJson(this Answer answer, int status = 200)
    {
        answer.Status.ShouldBe(status, answer.Text);
        answer.Headers["Content-Type"].ShouldBe("application/json; charset=utf-8");
        answer.Headers["Cache-Control"].ShouldBe("no-store");
        answer.Headers["X-Content-Type-Options"].ShouldBe("nosniff");
        return answer.Json;
    }

    /// <summary>An error: a code and a message, nothing else and nothing of what was sent.</summary>
    public static void ShouldBeError(this Answer answer, int status, string code)
    {
        JsonNode error = answer.ShouldBeJson(status);
        error.ShouldHaveMembers("code", "message");
        error["code"]!.GetValue<string>().ShouldBe(code);
        error["message"]!.GetValue<string>().Length.ShouldBeGreaterThan(10);
        answer.Text.ShouldNotContain(Person.Marker);
    }

    /// <summary>Exactly these members, in this order.</summary>
    public static void ShouldHaveMembers(this JsonNode json, params string[] names) => json.AsObject().Select(member => member.Key).ShouldBe(names);

    /// <summary>A time as this API writes it. Answers with it.</summary>
    public static DateTimeOffset ShouldBeTime(this JsonNode? json)
    {
        string text = json.ShouldNotBeNull().GetValue<string>();
        DateTimeOffset.TryParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time).ShouldBeTrue(text);
        return time;
    }

    /// <summary>A number from zero up.</summary>
    public static void ShouldBeCount(this JsonNode? json)
    {
        json.ShouldNotBeNull().GetValueKind().ShouldBe(JsonValueKind.Number);
        json.GetValue<double>().ShouldBeGreaterThanOrEqualTo(0);
    }

    /// <summary>The same JSON, whatever the order of members.</summary>
    public static void ShouldBeSameJson(this JsonNode? json, JsonNode? expected) =>
        JsonNode.DeepEquals(json, expected).ShouldBeTrue($"Expected {expected?.ToJsonString()} but was {json?.ToJsonString()}");
}
