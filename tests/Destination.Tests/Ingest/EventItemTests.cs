using System.Text;
using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Tests.Ingest;

public sealed class EventItemTests
{
    [Theory]
    [InlineData("[]", "invalid_event", "the item is an array; an object was expected")]
    [InlineData("null", "invalid_event", "the item is null; an object was expected")]
    [InlineData("true", "invalid_event", "the item is a boolean; an object was expected")]
    [InlineData("{}", "invalid_event", "neither type nor event")]
    [InlineData("""{"type":"track"}""", "invalid_event", "event is missing")]
    [InlineData("""{"type":"track","event":""}""", "invalid_event", "event is empty")]
    [InlineData("""{"type":"track","event":{"secret":1}}""", "invalid_event", "event is an object; a text was expected")]
    [InlineData("""{"type":["track"]}""", "invalid_event", "type is an array; a text was expected")]
    [InlineData("""{"type":null,"event":"a"}""", "invalid_event", "type is null; a text was expected")]
    [InlineData("""{"ev\ud800ent":1}""", "invalid_event", "neither type nor event")]
    [InlineData("{", "invalid_json", "the item is no JSON at its byte 1 of 1")]
    [InlineData("{broken", "invalid_json", "the item is no JSON at its byte 2 of 7")]
    [InlineData("{\n\"a\": b}", "invalid_json", "the item is no JSON at its byte 8 of 9")]
    [InlineData("{\n\n\"secret\":", "invalid_json", "the item is no JSON at its byte 12 of 12")]
    public void JSON_that_is_no_event_is_refused_with_a_reason_and_no_data(string item, string code, string message)
    {
        EventItem.Bad bad = Read(item).ShouldBeOfType<EventItem.Bad>();

        bad.Code.ShouldBe(code);
        bad.Message.ShouldContain(message);
        bad.Message.ShouldNotContain("secret");
    }

    [Theory]
    [InlineData(31, true)]
    [InlineData(32, true)]
    [InlineData(33, false)]
    public void Depth_32_is_the_most(int depth, bool readable)
    {
        string item = $$"""{"event":"a","properties":{{string.Concat(Enumerable.Repeat("[", depth - 1))}}{{string.Concat(Enumerable.Repeat("]", depth - 1))}}}""";

        EventItem read = Read(item);

        if (readable)
        {
            read.ShouldBeOfType<EventItem.Readable>();
        }
        else
        {
            read.ShouldBe(new EventItem.Bad("too_deep", $"the event nests {depth} levels deep; the limit is 32"));
        }
    }

    [Theory]
    [InlineData(EventEnvelope.MaxBodyBytes - 1, true)]
    [InlineData(EventEnvelope.MaxBodyBytes, true)]
    [InlineData(EventEnvelope.MaxBodyBytes + 1, false)]
    public void An_event_of_240000_bytes_is_the_largest(int bytes, bool readable)
    {
        const string Frame = """{"event":"a","properties":{"t":""}}""";
        string item = Frame.Replace("\"\"", "\"" + new string('x', bytes - Frame.Length) + "\"", StringComparison.Ordinal);

        EventItem read = Read(item);

        if (readable)
        {
            read.ShouldBeOfType<EventItem.Readable>();
        }
        else
        {
            read.ShouldBe(new EventItem.Bad("event_too_large", $"the event has {bytes} bytes; the limit is 240000"));
        }
    }

    [Theory]
    [InlineData("""{"event":"a","event":"b"}""", "b")]
    [InlineData("""{"event":"a","\u0065vent":"b"}""", "b")]
    [InlineData("""{"event":"\ud83d\ude00\n \u00e9\n"}""", "😀\n é")]
    [InlineData("""{"event":"nul \u0000"}""", "nul \0")]
    public void The_last_of_repeated_names_counts_and_escapes_are_read(string item, string name)
    {
        EventItem.Readable readable = Read(item).ShouldBeOfType<EventItem.Readable>();

        readable.Event.ShouldBeOfType<FreshpaintEvent.Track>().Name.ToString().ShouldBe(name);
    }

    [Theory]
    [InlineData("\"\\ud800\"", "holds a lone surrogate")]
    [InlineData("1e3", "fraction or exponent")]
    [InlineData("-1.5", "fraction or exponent")]
    [InlineData("1.0e1", "fraction or exponent")]
    [InlineData("[\"a\"]", "is an array")]
    [InlineData("\".\"", "'.' or '..'")]
    public void An_identifier_of_another_type_is_a_problem_kept_for_delivery(string userId, string problem)
    {
        EventItem.Readable readable = Read($$"""{"type":"track","event":"a","userId":{{userId}}}""").ShouldBeOfType<EventItem.Readable>();

        readable.Event.Head.UserId.IsPresent.ShouldBeFalse();
        readable.Event.Head.UserId.Problem.ShouldNotBeNull().ShouldContain(problem);
    }

    private static EventItem Read(string item) => EventItem.Read(Encoding.UTF8.GetBytes(item), new JsonTable());
}
