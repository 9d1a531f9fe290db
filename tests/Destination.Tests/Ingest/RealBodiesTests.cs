using System.Text;
using System.Text.Json.Nodes;
using CustomerIoDestination.Ingest;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Preview;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Time;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.Tests.Ingest;

/// <summary>Whole bodies as senders send them, where what matters is how several events in one body relate. Single events are golden cases.</summary>
public sealed class RealBodiesTests
{
    [Theory]
    [InlineData("Ada@Example.com", "ada@example.com")]
    [InlineData("j\u00fcrgen@example.com", "ju\u0308rgen@example.com")]
    [InlineData("J\u00dcRGEN@example.com", "ju\u0308rgen@EXAMPLE.com")]
    [InlineData(" ada@example.com", "ada@example.com")]
    [InlineData("vi\u1ec7t@example.com", "vie\u0323\u0302t@example.com")]
    public void One_e_mail_in_two_spellings_keeps_one_order_and_both_paths(string first, string second)
    {
        IReadOnlyList<PreviewItem> items = Preview($$$"""
            [{"type":"identify","messageId":"1","timestamp":"2026-11-20T08:30:00Z","traits":{"email":"{{{first}}}","plan":"gold"}},
             {"type":"track","event":"Order Completed","messageId":"2","timestamp":"2026-11-20T08:30:01Z","context":{"traits":{"email":"{{{second}}}" } } },
             {"type":"track","event":"Opened","messageId":"3","timestamp":"2026-11-20T08:30:01Z","userId":"{{{second}}}"}]
            """);

        items.Select(item => item.Partition).Distinct().ShouldHaveSingleItem();
        items[0].Requests[0].Path.ShouldBe("/api/v1/customers/" + Uri.EscapeDataString(first.Trim()));
        items[1].Requests[0].Path.ShouldBe($"/api/v1/customers/{Uri.EscapeDataString(second)}/events");
    }

    [Fact]
    public void Events_that_share_a_word_for_no_id_have_ids_of_their_own()
    {
        IReadOnlyList<PreviewItem> items = Preview("""
            [{"event":"$identify","properties":{"distinct_id":"u-5","$insert_id":"undefined","time":1795560000,"$user_props":{"plan":"gold"}}},
             {"event":"Order Completed","properties":{"distinct_id":"u-5","$insert_id":"undefined","time":1795560000,"total":10}},
             {"event":"Order Completed","properties":{"distinct_id":"u-5","$insert_id":"undefined","time":1795560000,"total":99}}]
            """);

        items.Select(item => item.EventId).Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public void Events_of_one_id_differ_by_kind_and_name()
    {
        IReadOnlyList<PreviewItem> items = Preview("""
            [{"type":"identify","userId":"u","messageId":"m","timestamp":"2026-11-20T08:30:00Z","traits":{"a":1}},
             {"type":"track","event":"A","userId":"u","messageId":"m","timestamp":"2026-11-20T08:30:00Z"},
             {"type":"track","event":"B","userId":"u","messageId":"m","timestamp":"2026-11-20T08:30:00Z"},
             {"type":"page","name":"/","userId":"u","messageId":"m","timestamp":"2026-11-20T08:30:00Z"},
             {"type":"track","event":"A","userId":"u","messageId":"m","timestamp":"2026-11-20T08:30:00Z","properties":{"again":true}}]
            """);

        items.Select(item => item.EventId).Distinct().Count().ShouldBe(4);
        items[4].EventId.ShouldBe(items[1].EventId);
    }

    [Fact]
    public void A_batch_says_for_all_what_its_events_do_not_say_and_their_ids_stay()
    {
        const string Item = """{"type":"track","event":"Opened","timestamp":"2026-11-20T08:30:00Z","properties":{}}""";

        PreviewItem alone = Preview(Item)[0];
        PreviewItem wrapped = Preview($$$"""{"context":{"traits":{"email":"ada@example.com"}},"batch":[{{{Item}}}]}""")[0];

        wrapped.EventId.ShouldBe(alone.EventId);
        alone.Reason.ShouldBe("missing_identifier");
        wrapped.Requests[0].Path.ShouldBe("/api/v1/customers/ada%40example.com/events");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"type":"track","event":"a"}""")]
    [InlineData("""{"type":"track","event":"a","context":{}}""")]
    [InlineData("""{"type":"track","event":"a","context":null,"integrations":[]}""")]
    [InlineData("""{"context" : {"ip":"1" } , "type":"track","event":"a"}""")]
    [InlineData("""{"context":{"page":{"a":1},"traits":{"b":2},"library":{"c":3}},"type":"track","event":"a"}""")]
    [InlineData("""{"context":1,"context":{"ip":"1"},"type":"track","event":"a"}""")]
    public void An_event_with_what_its_batch_says_for_all_is_whole_JSON_with_everything_it_had(string item)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(item);
        using var table = new CustomerIoDestination.Text.JsonTable();
        table.TryRead(bytes).ShouldBeTrue();
        BatchWrapper wrapper = BatchWrapper.Of("""{"All":true}"""u8.ToArray(), """{"traits":{"x":1},"library":{"name":"l"},"page":null,"ip":"2"}"""u8.ToArray()).ShouldNotBeNull();

        byte[] merged = wrapper.Merge(bytes, table.Root, Events.EventShape.Webhook).ShouldNotBeNull();

        JsonObject whole = Parse(merged);
        JsonObject given = Parse(bytes);
        whole["integrations"]!.ToJsonString().ShouldBe("""{"All":true}""");
        JsonObject context = given["context"] as JsonObject ?? [];
        JsonObject mergedContext = whole["context"]!.AsObject();
        mergedContext["ip"]?.ToJsonString().ShouldBe(context["ip"]?.ToJsonString());
        mergedContext["traits"]!.ToJsonString().ShouldBe(context["traits"]?.ToJsonString() ?? """{"x":1}""");
        mergedContext["library"]!.ToJsonString().ShouldBe(context["library"]?.ToJsonString() ?? """{"name":"l"}""");
        whole["event"]?.ToJsonString().ShouldBe(given["event"]?.ToJsonString());
    }

    [Fact]
    public void A_batch_that_would_multiply_is_refused_as_a_whole()
    {
        var settings = new DestinationSettings { Ingest = new IngestSettings { MaxBodyBytes = 2_048 } };
        string items = string.Join(',', Enumerable.Range(0, 20).Select(number => $$"""{"type":"track","event":"e{{number}}"}"""));

        PreviewAny($$$"""{"context":{"traits":{"note":"{{{new string('x', 700)}}}"}},"batch":[{{{items}}}]}""", settings).ShouldBeOfType<PreviewResult.Items>();
        PreviewAny($$$"""{"context":{"traits":{"note":"{{{new string('x', 800)}}}"}},"batch":[{{{items}}}]}""", settings).ShouldBe(new PreviewResult.TooLarge(16_384));
    }

    [Fact]
    public void An_event_that_is_too_large_with_what_its_batch_adds_is_rejected_by_index()
    {
        string big = new('x', 239_000);

        IReadOnlyList<PreviewItem> items = Preview($$$"""{"context":{"traits":{"note":"{{{new string('y', 2_000)}}}"}},"batch":[{"type":"track","event":"a","properties":{"x":"{{{big}}}"}},{"type":"track","event":"b","userId":"u"}]}""");

        items.Select(item => item.Reason).ShouldBe(["event_too_large", null]);
    }

    [Fact]
    public void A_mark_before_every_line_and_two_before_the_body_are_passed_over() =>
        Preview("\uFEFF\uFEFF{\"event\":\"a\",\"userId\":\"u\"}\n\uFEFF{\"event\":\"b\",\"userId\":\"u\"}\n").Select(item => item.Outcome).ShouldBe(["deliver", "deliver"]);

    [Fact]
    public void Bad_lines_at_the_top_cost_the_good_ones_nothing() =>
        Preview("# export\n{\"type\":\"track\",\n{\"event\":\"a\",\"userId\":\"u\"}\n{\"event\":\"b\",\"userId\":\"u\"}\n").Select(item => item.Outcome)
            .ShouldBe(["reject", "reject", "deliver", "deliver"]);

    [Fact]
    public void A_number_that_is_none_costs_one_line_or_the_array()
    {
        const string Good = """{"type":"track","event":"A","userId":"u"}""";
        const string Bad = """{"type":"track","event":"B","userId":"u","properties":{"score":NaN}}""";

        Preview($"[{Good},{Bad}]").ShouldHaveSingleItem().Problems[0].Message.ShouldContain("line 1, byte");
        Preview($"{Good}\n{Bad}").Select(item => item.Outcome).ShouldBe(["deliver", "reject"]);
    }

    private static IReadOnlyList<PreviewItem> Preview(string body) => PreviewAny(body, new DestinationSettings()).ShouldBeOfType<PreviewResult.Items>().Values;

    private static PreviewResult PreviewAny(string body, DestinationSettings settings) => new EventPreview(
        settings,
        new EnvelopeMapper(settings.Mapping, settings.Limits, RulesSource.Of(DestinationRules.None)),
        new SteadyClock(new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero))),
        new Random(1)).Preview(Encoding.UTF8.GetBytes(body), new IngestRequest(null, true, null));

    private static JsonObject Parse(byte[] json)
    {
        var last = new JsonObject();
        using var document = System.Text.Json.JsonDocument.Parse(json);
        foreach (System.Text.Json.JsonProperty member in document.RootElement.EnumerateObject())
        {
            last[member.Name] = JsonNode.Parse(member.Value.GetRawText());
        }

        return last;
    }
}
