using System.Text;
using System.Text.Json.Nodes;
using CustomerIoDestination.HttpApi.Tests.Support;
using CustomerIoDestination.Model;
using CustomerIoDestination.Time;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.HttpApi.Tests.Endpoints;

public sealed class ForgetTests
{
    private const string Meant = "X-Requested-With: destination";
    private const string Path = "/api/people/forget";

    [Fact]
    public async Task On_a_clock_that_starts_behind_what_was_believed_before_a_window_covers_what_is_received_in_it()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        DateTimeOffset believed = Some.Now.AddDays(400);
        host.Clock.GoOnFrom(new ClockMemory(believed, TimeSpan.Zero));

        JsonNode receipt = await (await host.PostAsync(Path, """{"id":"u-1","email":"jane@example.com"}""", Meant)).JsonAsync();
        await SendAsync(host, """{"type":"track","event":"E","userId":"u-1"}""");

        EventEnvelope later = host.Queue.Envelopes.ShouldHaveSingleItem();
        (later.ReceivedAt, later.QueuedAt).ShouldBe((believed, Some.Now));
        receipt["refusedUntil"]!.GetValue<DateTimeOffset>().ShouldBe(believed.AddDays(30));
    }

    [Fact]
    public async Task A_person_is_taken_off_the_queue_and_out_of_the_dead_letters_and_suppressed_and_the_receipt_tells_counts_and_times()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await SendAsync(
            host,
            """{"type":"track","event":"E","userId":"u-1","anonymousId":"d-1"}""",
            """{"type":"identify","anonymousId":"d-2","traits":{"email":"Jane@Example.com"}}""",
            """{"type":"track","event":"E","userId":"u-2","anonymousId":"d-1"}""",
            """{"type":"track","event":"E","anonymousId":"d-1"}""");
        host.DeadLetters.Letters.Add(Some.StoredLetter() with { Event = Encoding.UTF8.GetBytes("""{"type":"page","userId":"u-1"}""") });
        host.DeadLetters.Letters.Add(Some.StoredLetter() with { Event = Encoding.UTF8.GetBytes("no event") });

        JsonNode receipt = await (await host.PostAsync(Path, """{"id":"u-1","email":" jane@example.com ","mode":"suppress"}""", Meant)).JsonAsync();

        JsonNode.DeepEquals(receipt, JsonNode.Parse(
            """
            {
              "at": "2026-11-24T12:00:00.000Z", "removed": {"queue": 2, "deadLetters": 1}, "sent": 2,
              "refusedUntil": "2026-12-24T12:00:00.000Z", "warnings": []
            }
            """)).ShouldBeTrue(receipt.ToJsonString());
        host.CustomerIo.Calls.ShouldBe(["Post /api/v1/customers/u-1/suppress", "Post /api/v1/customers/jane%40example.com/suppress"]);
        host.Queue.Envelopes.Count.ShouldBe(2);
        host.DeadLetters.Letters.Count.ShouldBe(1);
        (await (await host.GetAsync("/api/status")).JsonAsync())["counts"]!["skipped"]!.GetValue<int>().ShouldBe(2);
    }

    [Theory]
    [InlineData("""{"id":"u-1","mode":"delete"}""", "only_id", "Delete /api/v1/customers/u-1")]
    [InlineData("""{"email":"jane@example.com"}""", "only_email", "Post /api/v1/customers/jane%40example.com/suppress")]
    public async Task With_one_identifier_alone_the_receipt_warns(string body, string code, string call)
    {
        await using ApiHost host = await ApiHost.StartAsync();

        JsonNode receipt = await (await host.PostAsync(Path, body, Meant)).JsonAsync();

        receipt["warnings"]!.AsArray().ShouldHaveSingleItem()!["code"]!.GetValue<string>().ShouldBe(code);
        host.CustomerIo.Calls.ShouldBe([call]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"id":" "}""")]
    [InlineData("""{"id":".."}""")]
    [InlineData("""{"id":"undefined"}""")]
    [InlineData("""{"id":"cio_"}""")]
    [InlineData("""{"id":"null","email":"jane@example.com"}""")]
    [InlineData("""{"email":"jane"}""")]
    [InlineData("""{"id":"marked","email":"marked"}""")]
    [InlineData("""{"id":"u-1","mode":"marked"}""")]
    [InlineData("""{"id":"u-1","e-mail":"jane@example.com"}""")]
    [InlineData("""{"id":5}""")]
    public async Task A_body_that_names_nobody_or_is_misspelt_forgets_nobody(string body)
    {
        await using ApiHost host = await ApiHost.StartAsync();

        HttpResponseMessage answer = await host.PostAsync(Path, body, Meant);

        string text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(400);
        text.ShouldContain("invalid_person");
        text.ShouldNotContain("marked");
        host.CustomerIo.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_identifier_of_the_longest_length_is_taken_and_a_longer_one_is_not()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        (await host.PostAsync(Path, $$"""{"id":"{{new string('x', 150)}}"}""", Meant).StatusAsync()).ShouldBe(200);
        (await host.PostAsync(Path, $$"""{"id":"{{new string('x', 151)}}"}""", Meant).StatusAsync()).ShouldBe(400);
    }

    [Fact]
    public async Task Where_Customer_io_does_not_answer_the_rest_is_done_and_the_call_can_be_repeated()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await SendAsync(host, """{"type":"track","event":"E","userId":"marked"}""");
        host.CustomerIo.Answer = new DeliveryOutcome.Unavailable("http_503", 503, TimeSpan.FromSeconds(7));

        HttpResponseMessage answer = await host.PostAsync(Path, """{"id":"marked"}""", Meant);

        JsonNode error = await answer.JsonAsync();
        (((int)answer.StatusCode), error["code"]!.GetValue<string>()).ShouldBe((503, "customerio_not_told"));
        answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(7));
        error["message"]!.GetValue<string>().ShouldContain("1 were taken off the queue");
        error["message"]!.GetValue<string>().ShouldNotContain("marked");
        host.CustomerIo.Answer = new DeliveryOutcome.Delivered(200);
        JsonNode receipt = await (await host.PostAsync(Path, """{"id":"marked"}""", Meant)).JsonAsync();
        (receipt["removed"]!["queue"]!.GetValue<int>(), receipt["sent"]!.GetValue<int>()).ShouldBe((0, 1));
    }

    [Fact]
    public async Task A_refusal_of_Customer_io_is_told()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.CustomerIo.Answer = new DeliveryOutcome.Rejected(400, "http_400", null, "HTTP 400");

        (await host.PostAsync(Path, """{"id":"u-1"}""", Meant).ErrorAsync()).ShouldBe("502 customerio_refused");
    }

    [Fact]
    public async Task Lifting_tells_for_how_many_identifiers_there_was_a_window()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await host.PostAsync(Path, """{"id":"u-1"}""", Meant);
        host.Time.Advance(TimeSpan.FromHours(1));

        JsonNode lifted = await (await host.SendAsync("DELETE", Path, new StringContent("""{"id":"u-1","email":"jane@example.com","mode":"suppress"}"""), Meant)).JsonAsync();
        JsonNode again = await (await host.SendAsync("DELETE", Path, new StringContent("""{"id":"u-1"}"""), Meant)).JsonAsync();

        JsonNode.DeepEquals(lifted, JsonNode.Parse("""{"at":"2026-11-24T13:00:00.000Z","lifted":1,"warnings":[]}""")).ShouldBeTrue(lifted.ToJsonString());
        again["lifted"]!.GetValue<int>().ShouldBe(0);
    }

    [Fact]
    public async Task Both_are_log_lines_without_an_identifier()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        await host.PostAsync(Path, """{"id":"marked-id","email":"marked@example.com"}""", Meant);
        await host.SendAsync("DELETE", Path, new StringContent("""{"id":"marked-id"}"""), Meant);

        string[] lines = [.. host.Logs.GetSnapshot().Select(line => line.Message)];
        lines.ShouldContain(line => line.StartsWith("A person was forgotten, named by 2 identifiers: 0 events", StringComparison.Ordinal));
        lines.ShouldContain(line => line.Contains("skipped until 2026-12-24T12:00:00Z.", StringComparison.Ordinal));
        lines.ShouldContain(line => line.StartsWith("The window of a person who was forgotten was lifted: 1 identifiers given, 1", StringComparison.Ordinal));
        lines.ShouldNotContain(line => line.Contains("marked", StringComparison.Ordinal));
    }

    private static async Task SendAsync(ApiHost host, params string[] events) =>
        (await host.PostAsync("/api/events", $"[{string.Join(',', events)}]").StatusAsync()).ShouldBe(202);
}
