using System.Text;
using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Tests.Ingest;

/// <summary>What is said of items that are no events, and of half characters, which no case file can hold.</summary>
public sealed class EventItemTests
{
    [Theory]
    [InlineData("""{"type":"track","event":"Opened \ud83d"}""", MappingWarning.ReplacedSurrogate)]
    [InlineData("""{"type":"track","event":"Opened","a\ud83d":1}""", Names)]
    [InlineData("""{"type":"track","event":"Opened","properties":{"a\ud83d":1}}""", Names)]
    [InlineData("""{"type":"track","event":"Opened","context":{"a\ud83d":1}}""", Names)]
    [InlineData("""{"type":"track","event":"Opened","properties":"{\"a\\ud83d\":1}"}""", Names)]
    [InlineData("""{"type":"track","event":"Opened","context":"{\"a\\ud83d\":1}"}""", Names)]
    [InlineData("""{"type":"identify","traits":"{\"a\\ud83d\":1}"}""", Names)]
    [InlineData("""{"event":"$identify","properties":{"$user_props":"{\"a\\ud83d\":1}"}}""", Names)]
    public void Half_a_character_in_a_name_is_told(string item, string message)
    {
        using var table = new JsonTable();

        FreshpaintEvent read = EventItem.Read(Encoding.UTF8.GetBytes(item), table).ShouldBeOfType<EventItem.Readable>().Event;

        MappingWarning told = read.Head.Notices!.Single(notice => notice.Code == WarningCode.SurrogateReplaced.ToCode());
        (told.Field, told.Message).ShouldBe(("event", message));
    }

    [Theory]
    [InlineData(29, null)]
    [InlineData(30, "the event nests 33 levels deep; the limit is 32")]
    [InlineData(200, "the event nests 203 levels deep; the limit is 32")]
    public void How_deep_an_event_may_nest_is_said_to_the_level(int nested, string? message)
    {
        string value = string.Concat(Enumerable.Repeat("[{\"a\":", nested / 2)) + (nested % 2 == 0 ? "" : "[") + "1" + (nested % 2 == 0 ? "" : "]") + string.Concat(Enumerable.Repeat("}]", nested / 2));

        Problem("{\"type\":\"track\",\"event\":\"x\",\"properties\":{\"a\":{\"b\":" + value + "}}}").ShouldBe(message is null ? null : ("too_deep", message));
    }

    [Fact]
    public void Bytes_that_are_no_text_and_text_that_is_no_JSON_are_told_apart()
    {
        Problem([.. "{\"type\":\"track\",\"event\":\""u8, 0xC3, 0x28, .. "\"}"u8]).ShouldBe(("invalid_encoding", "the item is no UTF-8"));
        Problem("{\"type\":\n\"track\",\n \"event\" 1}").ShouldBe(("invalid_json", "the item is no JSON at its byte 28 of 29"));
        Problem("{\"type\" 1}").ShouldBe(("invalid_json", "the item is no JSON at its byte 9 of 10"));
    }

    private const string Names = "a name in it holds a lone surrogate, which was replaced by U+FFFD";

    private static (string Code, string Message)? Problem(string item) => Problem(Encoding.UTF8.GetBytes(item));

    private static (string Code, string Message)? Problem(byte[] item)
    {
        using var table = new JsonTable();
        return EventItem.Read(item, table) is EventItem.Bad bad ? (bad.Code, bad.Message) : null;
    }
}
