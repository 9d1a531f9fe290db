using System.Net;
using TrackApiSandbox.Faults;
using TrackApiSandbox.Tests.Support;

namespace TrackApiSandbox.Tests;

public sealed class FaultTests
{
    [Fact]
    public async Task A_status_is_answered_and_no_change_made()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        (await sandbox.FaultAsync("""{"status":503,"retryAfter":"2"}""")).ShouldBeAccepted();

        Reply reply = await sandbox.IdentifyAsync("u1", "{}");

        reply.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        reply.Message.Headers.RetryAfter!.ToString().ShouldBe("2");
        sandbox.Server.GetState().People.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("outage", HttpStatusCode.ServiceUnavailable)]
    [InlineData("wrong-key", HttpStatusCode.Unauthorized)]
    [InlineData("everything-rejected", HttpStatusCode.BadRequest)]
    public async Task A_preset_strikes_by_its_name_for_as_long_and_where_it_is_said(string preset, HttpStatusCode status)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        (await sandbox.FaultAsync($$"""{"preset":"{{preset}}","forSeconds":10,"match":"/customers"}""")).ShouldBeAccepted();

        (await sandbox.IdentifyAsync("u1", "{}")).Status.ShouldBe(status);
        (await sandbox.TrackAnonymousAsync("""{"name":"x","anonymous_id":"d"}""")).ShouldBeAccepted();
        sandbox.Time.Advance(TimeSpan.FromSeconds(10));
        (await sandbox.IdentifyAsync("u1", "{}")).ShouldBeAccepted();
    }

    [Theory]
    [InlineData("flaky")]
    [InlineData("rate-limited")]
    [InlineData("slow")]
    [InlineData("lost-answers")]
    public async Task Every_preset_is_one(string preset)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.FaultAsync($$"""{"preset":"{{preset}}"}""")).ShouldBeAccepted();
    }

    [Theory]
    [InlineData("""{"preset":"rain"}""", "preset must be one of outage, flaky")]
    [InlineData("""{"preset":"outage","status":500}""", "a preset takes forSeconds, match and matchBody, and nothing else")]
    public async Task A_preset_that_is_none_or_has_more_is_refused(string fault, string problem)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        Reply reply = await sandbox.FaultAsync(fault);

        reply.Status.ShouldBe(HttpStatusCode.BadRequest);
        reply.Json["meta"]!["error"]!.GetValue<string>().ShouldContain(problem);
    }

    [Fact]
    public async Task A_reset_aborts_the_connection_and_makes_no_change()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.FaultAsync("""{"reset":true}""");

        await Should.ThrowAsync<HttpRequestException>(() => sandbox.IdentifyAsync("u1", "{}"));

        sandbox.Server.GetState().People.ShouldBeEmpty();
        sandbox.Server.GetRequests().ShouldAllBe(request => request.Status == null);
        sandbox.Server.GetStats().Unanswered.ShouldBe(sandbox.Server.GetStats().Requests);
    }

    [Fact]
    public async Task After_applying_the_change_is_made_and_the_answer_lost()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.FaultAsync("""{"afterApplying":true}""");

        await Should.ThrowAsync<HttpRequestException>(() => sandbox.TrackAsync("u1", """{"name":"x","id":"01BX5ZZKBKACTAV9WEVGEMMVRY"}"""));

        sandbox.EventNames("u1").ShouldBe(["x"]);
    }

    [Fact]
    public async Task After_applying_a_status_is_answered_instead()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.FaultAsync("""{"afterApplying":true,"status":500}""");

        (await sandbox.IdentifyAsync("u1", "{}")).Status.ShouldBe(HttpStatusCode.InternalServerError);

        sandbox.OnlyPerson().Id.ShouldBe("u1");
    }

    [Theory]
    [InlineData("""{"partialBody":true}""", 200, true)]
    [InlineData("""{"partialBody":true,"status":500}""", 500, false)]
    [InlineData("""{"partialBody":true,"status":500,"afterApplying":true}""", 500, true)]
    public async Task Of_a_half_sent_answer_the_head_and_half_the_body_arrive(string fault, int status, bool applied)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.FaultAsync(fault);
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/customers/u1") { Content = new StringContent("{}") };

        using HttpResponseMessage response = await sandbox.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        ((int)response.StatusCode).ShouldBe(status);
        await Should.ThrowAsync<HttpRequestException>(() => response.Content.ReadAsStringAsync());
        sandbox.Server.GetRequests().ShouldHaveSingleItem().Applied.ShouldBe(applied);
        sandbox.Server.GetRequests()[0].Status.ShouldBeNull();
        sandbox.Server.GetState().People.Count.ShouldBe(applied ? 1 : 0);
    }

    [Fact]
    public async Task A_call_tells_whether_it_was_taken_whatever_was_answered()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("taken", "{}");
        await sandbox.TrackAsync("refused", """{"name":" "}""");
        await sandbox.BatchAsync(
            """{"type":"person","action":"nonsense"}""",
            """{"type":"person","identifiers":{"id":"u1"},"action":"identify","attributes":{}}""",
            "7");
        await sandbox.FaultAsync("""{"afterApplying":true,"status":500,"match":"lost"}""");
        await sandbox.FaultAsync("""{"status":503}""");
        await sandbox.IdentifyAsync("lost", "{}");
        await sandbox.IdentifyAsync("prevented", "{}");

        sandbox.Server.GetRequests().Select(request => request.Applied).ShouldBe([true, false, true, true, false]);
        sandbox.Server.GetRequests().Select(request => request.DecidedAfter).ShouldBe([1, 2, 3, 4, 5]);
        sandbox.Server.GetRequests()[2].RefusedItems.ShouldBe([0, 2]);
    }

    [Fact]
    public async Task A_call_in_hand_is_not_decided_and_then_after_those_received_meanwhile()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        sandbox.Server.AddFault(new Fault { DelayMs = 5_000, Match = "slow" });
        Task<Reply> call = sandbox.IdentifyAsync("slow", "{}");
        await ReceivedAsync(sandbox);
        await sandbox.IdentifyAsync("quick", "{}");
        sandbox.Server.GetRequests()[0].Applied.ShouldBeNull();

        await AdvanceUntilAsync(sandbox, () => call.IsCompleted);

        sandbox.Server.GetRequests().Select(request => (request.Applied, request.DecidedAfter)).ShouldBe([(true, 2), (true, 2)]);
    }

    [Fact]
    public async Task A_fault_ends_by_itself()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.FaultAsync("""{"status":500,"forSeconds":10}""");
        sandbox.Time.Advance(TimeSpan.FromSeconds(9.9));
        ((int)(await sandbox.IdentifyAsync("u1", "{}")).Status).ShouldBe(500);

        sandbox.Time.Advance(TimeSpan.FromSeconds(0.1));

        (await sandbox.IdentifyAsync("u1", "{}")).ShouldBeAccepted();
    }

    [Fact]
    public async Task A_fault_strikes_only_bodies_it_matches_and_answers_with_its_own()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.FaultAsync("""{"status":207,"body":"{\"errors\":[]}","matchBody":"\"name\":\"x\""}""");

        (await sandbox.TrackAsync("u1", """{"name":"y"}""")).ShouldBeAccepted();
        Reply struck = await sandbox.TrackAsync("u1", """{"name":"x"}""");

        ((int)struck.Status).ShouldBe(207);
        (await struck.Message.Content.ReadAsStringAsync()).ShouldBe("{\"errors\":[]}");
    }

    [Fact]
    public async Task A_fault_strikes_only_what_it_matches()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.FaultAsync("""{"status":500,"match":"/events"}""");

        (await sandbox.IdentifyAsync("u1", "{}")).ShouldBeAccepted();
        ((int)(await sandbox.TrackAsync("u1", """{"name":"x"}""")).Status).ShouldBe(500);
    }

    [Fact]
    public async Task The_first_fault_that_strikes_decides()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.FaultAsync("""{"status":500,"match":"u1"}""");
        await sandbox.FaultAsync("""{"status":429}""");

        ((int)(await sandbox.IdentifyAsync("u1", "{}")).Status).ShouldBe(500);
        ((int)(await sandbox.IdentifyAsync("u2", "{}")).Status).ShouldBe(429);
    }

    [Fact]
    public async Task A_share_strikes_about_so_many_and_always_the_same_ones()
    {
        List<bool> first = await StruckAsync(0.3, seed: 5);
        List<bool> second = await StruckAsync(0.3, seed: 5);

        second.ShouldBe(first);
        first.Count(struck => struck).ShouldBeInRange(30, 90);
        (await StruckAsync(0, seed: 5)).ShouldAllBe(struck => !struck);
    }

    [Fact]
    public async Task A_delayed_call_is_answered_when_the_time_is_over()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        sandbox.Server.AddFault(new Fault { DelayMs = 5_000 });

        Task<Reply> call = sandbox.IdentifyAsync("u1", "{}");
        await ReceivedAsync(sandbox);
        call.IsCompleted.ShouldBeFalse();
        sandbox.Server.GetState().People.ShouldBeEmpty();
        await AdvanceUntilAsync(sandbox, () => call.IsCompleted);

        (await call).ShouldBeAccepted();
    }

    [Fact]
    public async Task A_delayed_change_is_made_although_the_caller_gave_up()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        sandbox.Server.AddFault(new Fault { DelayMs = 5_000 });
        using var giveUp = new CancellationTokenSource();
        using var content = new StringContent("{}");
        Task<HttpResponseMessage> call = sandbox.Client.PutAsync("/api/v1/customers/u1", content, giveUp.Token);
        await ReceivedAsync(sandbox);

        await giveUp.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(call);
        await AdvanceUntilAsync(sandbox, () => sandbox.Server.GetState().People.Count > 0);

        sandbox.OnlyPerson().Id.ShouldBe("u1");
    }

    [Fact]
    public async Task A_server_stops_while_a_call_is_delayed()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        sandbox.Server.AddFault(new Fault { DelayMs = 600_000 });
        Task<Reply> call = sandbox.IdentifyAsync("u1", "{}");
        await ReceivedAsync(sandbox);

        await sandbox.Server.DisposeAsync();

        await Task.WhenAny(call);
        (call.IsFaulted || (await call).Status is HttpStatusCode.InternalServerError).ShouldBeTrue();
    }

    [Fact]
    public async Task Faults_are_removed()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.FaultAsync("""{"status":500}""");

        (await sandbox.SendAsync(HttpMethod.Delete, "/sandbox/faults")).ShouldBeAccepted();

        (await sandbox.IdentifyAsync("u1", "{}")).ShouldBeAccepted();
    }

    [Fact]
    public async Task The_sandboxs_own_routes_are_never_struck()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.FaultAsync("""{"status":500}""");

        ((int)(await sandbox.SendAsync(HttpMethod.Get, "/sandbox/stats")).Status).ShouldBe(200);
    }

    [Theory]
    [InlineData("{}", "a fault needs status, delayMs, reset, afterApplying or partialBody")]
    [InlineData("""{"reset":true,"partialBody":true}""", "reset sends no answer")]
    [InlineData("""{"status":500,"share":1.1}""", "share must be between 0 and 1")]
    [InlineData("""{"status":500,"share":-0.1}""", "share must be between 0 and 1")]
    [InlineData("""{"status":100}""", "status must be between 200 and 599")]
    [InlineData("""{"status":600}""", "status must be between 200 and 599")]
    [InlineData("""{"delayMs":-1}""", "delayMs must be between 0 and 600000")]
    [InlineData("""{"status":500,"forSeconds":0}""", "forSeconds must be above 0")]
    [InlineData("""{"status":500,"retryAfter":"1\r\nX: y"}""", "retryAfter must be printable ASCII")]
    [InlineData("""{"status":"x"}""", "status")]
    [InlineData("""{"status":500,"shard":0.1}""", "shard")]
    [InlineData("nonsense", "")]
    [InlineData("null", "a fault needs")]
    public async Task A_fault_that_makes_no_sense_is_refused(string fault, string message)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        Reply reply = await sandbox.FaultAsync(fault);

        reply.Status.ShouldBe(HttpStatusCode.BadRequest);
        reply.MetaError.ShouldNotBeNull().ShouldContain(message);
    }

    private static async Task<List<bool>> StruckAsync(double share, int seed)
    {
        await using var sandbox = await RunningSandbox.StartAsync(new SandboxOptions { Port = 0, FaultSeed = seed });
        sandbox.Server.AddFault(new Fault { Share = share, Status = 500 });
        var struck = new List<bool>();
        for (int i = 0; i < 200; i++)
        {
            struck.Add((await sandbox.SendAsync(HttpMethod.Get, "/api/v1/accounts/region")).Status is not HttpStatusCode.OK);
        }

        return struck;
    }

    private static async Task ReceivedAsync(RunningSandbox sandbox)
    {
        while (sandbox.Server.GetRequests().Count == 0)
        {
            await Task.Delay(5);
        }
    }

    /// <summary>The call is logged before its wait begins, so one step of the clock may come too early.</summary>
    private static async Task AdvanceUntilAsync(RunningSandbox sandbox, Func<bool> done)
    {
        while (!done())
        {
            sandbox.Time.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(5);
        }
    }
}
