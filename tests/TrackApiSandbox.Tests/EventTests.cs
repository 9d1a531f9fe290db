using TrackApiSandbox.Tests.Support;

namespace TrackApiSandbox.Tests;

public sealed class EventTests
{
    private const string Ulid = "01BX5ZZKBKACTAV9WEVGEMMVRY";

    [Fact]
    public async Task An_event_is_kept_with_all_it_said()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.TrackAsync("u1", $$"""{"name":"purchase","id":"{{Ulid}}","timestamp":1768000000,"data":{"price":23.450,"items":[{"sku":"a"}]},"anonymous_id":"d1"}""")).ShouldBeAccepted();

        var kept = sandbox.Person("u1").Events.ShouldHaveSingleItem();
        kept.ShouldSatisfyAllConditions(
            () => kept.Id.ShouldBe(Ulid),
            () => kept.Name.ShouldBe("purchase"),
            () => kept.Type.ShouldBe("event"),
            () => kept.Timestamp.ShouldBe(1768000000),
            () => kept.Data.ToString().ShouldBe("""{"price":23.450,"items":[{"sku":"a"}]}"""),
            () => kept.AnonymousId.ShouldBe("d1"));
    }

    [Theory]
    [InlineData("u1")]
    [InlineData("jane@example.com")]
    public async Task An_event_for_somebody_unknown_creates_the_person(string identifier)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.TrackAsync(identifier, """{"name":"opened"}""")).ShouldBeAccepted();

        sandbox.EventNames(identifier).ShouldBe(["opened"]);
    }

    [Fact]
    public async Task An_event_for_an_unknown_cio_id_is_dropped()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.TrackAsync("cio_03ffffff", """{"name":"opened"}""")).ShouldBeAccepted();

        sandbox.Server.GetState().People.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("page", "page")]
    [InlineData("screen", "screen")]
    [InlineData("event", "event")]
    [InlineData("something", "event")]
    public async Task Only_pages_and_screens_are_no_events(string sent, string kept)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        await sandbox.TrackAsync("u1", $$"""{"name":"x","type":"{{sent}}"}""");

        sandbox.Person("u1").Events[0].Type.ShouldBe(kept);
    }

    [Fact]
    public async Task White_space_around_the_name_is_trimmed()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        await sandbox.TrackAsync("u1", """{"name":"  opened \t"}""");

        sandbox.EventNames("u1").ShouldBe(["opened"]);
    }

    [Theory]
    [InlineData("1768000000.9", 1768000000)]
    [InlineData("0", 0)]
    public async Task A_timestamp_is_kept_in_whole_seconds(string sent, long kept)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        await sandbox.TrackAsync("u1", $$"""{"name":"x","timestamp":{{sent}}}""");

        sandbox.Person("u1").Events[0].Timestamp.ShouldBe(kept);
    }

    [Theory]
    [InlineData("1768000000000")]
    [InlineData("\"1768000000\"")]
    [InlineData("\"2026-01-15T12:00:00Z\"")]
    [InlineData("-1")]
    [InlineData("1e400")]
    [InlineData("null")]
    public async Task A_timestamp_that_is_no_unix_time_becomes_the_time_of_receipt(string sent)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        await sandbox.TrackAsync("u1", $$"""{"name":"x","timestamp":{{sent}}}""");

        sandbox.Person("u1").Events[0].Timestamp.ShouldBe(sandbox.Now);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"name":null}""")]
    [InlineData("""{"name":"  "}""")]
    [InlineData("""{"name":7}""")]
    public async Task A_blank_name_is_refused(string body)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        Reply reply = await sandbox.TrackAsync("u1", body);

        ((int)reply.Status).ShouldBe(400);
        reply.MetaErrors.ShouldBe(["event name must not be blank"]);
        sandbox.Server.GetState().People.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("true")]
    public async Task Data_that_is_no_object_is_refused(string data)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.TrackAsync("u1", $$"""{"name":"x","data":{{data}}}""")).MetaErrors.ShouldBe(["""event data must be a hash (e.g., send "data":{} instead of "data":"")"""]);
    }

    [Fact]
    public async Task Every_error_of_an_event_is_named()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.TrackAsync("u1", """{"data":1}""")).MetaErrors.Length.ShouldBe(2);
    }

    [Fact]
    public async Task A_repeated_event_id_is_ignored_whatever_else_differs_and_however_late()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.TrackAsync("u1", $$"""{"name":"first","id":"{{Ulid}}"}""");
        sandbox.Time.Advance(TimeSpan.FromDays(400));

        (await sandbox.TrackAsync("u1", $$"""{"name":"second","id":"{{Ulid}}"}""")).ShouldBeAccepted();
        (await sandbox.TrackAsync("u2", $$"""{"name":"third","id":"{{Ulid}}"}""")).ShouldBeAccepted();
        (await sandbox.TrackAnonymousAsync($$"""{"name":"fourth","id":"{{Ulid}}","anonymous_id":"d1"}""")).ShouldBeAccepted();

        sandbox.EventNames("u1").ShouldBe(["first"]);
        sandbox.Server.FindPerson("u2").ShouldBeNull();
        sandbox.Server.GetState().AnonymousEvents.ShouldBeEmpty();
        sandbox.Dropped("duplicate_event").ShouldBe(3);
        sandbox.Server.GetStats().Events.ShouldBe(1);
    }

    [Fact]
    public async Task Events_without_an_id_are_all_kept()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        await sandbox.TrackAsync("u1", """{"name":"same"}""");
        await sandbox.TrackAsync("u1", """{"name":"same","id":""}""");

        sandbox.EventNames("u1").ShouldBe(["same", "same"]);
    }
}
