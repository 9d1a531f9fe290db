using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CustomerIoDestination.Ingest;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Preview;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Time;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.Tests.Limits;

/// <summary>Every limit at n−1, n and n+1 bytes, with characters of one to four bytes.</summary>
public sealed class LimitBoundaryTests
{
    private static readonly string[] Characters = ["a", "é", "€", "😀"];

    public static TheoryData<string, int, string> Boundaries()
    {
        var data = new TheoryData<string, int, string>();
        foreach ((string field, int limit) in new[] { ("userId", 150), ("traitName", 150), ("traitValue", 1000), ("nestedValue", 1000), ("event", 100), ("page", 100), ("data", 100_000) })
        {
            foreach (string character in Characters)
            {
                data.Add(field, limit, character);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Boundaries))]
    public void A_limit_holds_to_the_byte(string field, int limit, string character)
    {
        foreach (int size in new[] { limit - 1, limit, limit + 1 })
        {
            PreviewItem item = Preview(Event(field, size, character));

            if (size <= limit)
            {
                item.Outcome.ShouldBe("deliver", $"{field} of {size} bytes");
            }
            else
            {
                PreviewProblem problem = item.Problems.ShouldHaveSingleItem();
                problem.Code.ShouldBe("limit_exceeded");
                problem.Limit.ShouldBe(limit);
                problem.Actual.ShouldBe(size);
                problem.Message.ShouldContain($"{size}");
            }
        }
    }

    // Text of exactly that many bytes, made of the character and ASCII for the rest.
    private static string Text(int bytes, string character)
    {
        int width = Encoding.UTF8.GetByteCount(character);
        return string.Concat(Enumerable.Repeat(character, bytes / width)) + new string('x', bytes % width);
    }

    private static object Event(string field, int size, string character) => field switch
    {
        "userId" => new { type = "track", @event = "x", userId = Text(size, character) },
        "traitName" => new { type = "identify", userId = "u", traits = new Dictionary<string, int> { [Text(size, character)] = 1 } },
        "traitValue" => new { type = "identify", userId = "u", traits = new { v = Text(size, character) } },
        "nestedValue" => new { type = "identify", userId = "u", traits = new { v = new[] { Text(size - 4, character) } } },
        "event" => new { type = "track", @event = Text(size, character), userId = "u" },
        "page" => new { type = "page", userId = "u", properties = new { url = Text(size, character) } },
        _ => new { type = "track", @event = "x", userId = "u", properties = new { v = Text(size - """{"v":""}""".Length, character) } },
    };

    private static PreviewItem Preview(object source)
    {
        var settings = new DestinationSettings { Limits = new LimitSettings { PageName = OverLimit.DeadLetter } };
        var preview = new EventPreview(settings, new EnvelopeMapper(settings.Mapping, settings.Limits, RulesSource.Of(DestinationRules.None)), new SteadyClock(new FakeTimeProvider()), new Random(1));
        // Unescaped, so that an event of the largest data stays within the size of an event.
        byte[] body = Encoding.UTF8.GetBytes(Regex.Unescape(JsonSerializer.Serialize(source)));
        return preview.Preview(body, new IngestRequest(null, false, null)).ShouldBeOfType<PreviewResult.Items>().Values.ShouldHaveSingleItem();
    }
}
