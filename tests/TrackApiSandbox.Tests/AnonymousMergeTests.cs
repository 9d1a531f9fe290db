using TrackApiSandbox.Tests.Support;

namespace TrackApiSandbox.Tests;

public sealed class AnonymousMergeTests
{
    private const string Visit = """{"name":"visited","anonymous_id":"d1"}""";

    [Fact]
    public async Task An_anonymous_event_belongs_to_nobody_at_first()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.TrackAnonymousAsync(Visit)).ShouldBeAccepted();

        sandbox.Server.GetState().People.ShouldBeEmpty();
        sandbox.Server.GetState().AnonymousEvents.ShouldHaveSingleItem().AnonymousId.ShouldBe("d1");
    }

    [Fact]
    public async Task An_identify_with_the_anonymous_id_takes_the_events_over()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.TrackAnonymousAsync(Visit);
        await sandbox.TrackAnonymousAsync("""{"name":"somebody else","anonymous_id":"d2"}""");

        await sandbox.IdentifyAsync("u1", """{"anonymous_id":"d1"}""");

        sandbox.EventNames("u1").ShouldBe(["visited"]);
        sandbox.Person("u1").AnonymousIds.ShouldBe(["d1"]);
        sandbox.Server.GetState().AnonymousEvents.ShouldHaveSingleItem().Name.ShouldBe("somebody else");
    }

    [Fact]
    public async Task An_identify_without_it_takes_nothing_over()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.TrackAnonymousAsync(Visit);

        await sandbox.IdentifyAsync("u1", "{}");

        sandbox.EventNames("u1").ShouldBeEmpty();
    }

    [Fact]
    public async Task An_event_up_to_five_minutes_after_the_identify_still_merges()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", """{"anonymous_id":"d1"}""");
        sandbox.Time.Advance(TimeSpan.FromMinutes(5));

        await sandbox.TrackAnonymousAsync(Visit);

        sandbox.EventNames("u1").ShouldBe(["visited"]);
    }

    [Fact]
    public async Task An_event_later_than_that_stays_anonymous_for_good()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", """{"anonymous_id":"d1"}""");
        sandbox.Time.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromMilliseconds(1));
        await sandbox.TrackAnonymousAsync(Visit);
        sandbox.EventNames("u1").ShouldBeEmpty();

        await sandbox.IdentifyAsync("u1", """{"anonymous_id":"d1"}""");

        sandbox.EventNames("u1").ShouldBeEmpty();
        sandbox.Server.GetState().AnonymousEvents.ShouldHaveSingleItem().Name.ShouldBe("visited");
        sandbox.Person("u1").AnonymousIds.ShouldBe(["d1"]);
    }

    [Fact]
    public async Task The_time_of_receipt_counts_not_the_time_of_the_event()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", """{"anonymous_id":"d1"}""");
        sandbox.Time.Advance(TimeSpan.FromMinutes(6));

        await sandbox.TrackAnonymousAsync("""{"name":"visited","anonymous_id":"d1","timestamp":1600000000}""");

        sandbox.EventNames("u1").ShouldBeEmpty();
    }

    [Theory]
    [InlineData(30, 1)]
    [InlineData(31, 0)]
    public async Task Anonymous_events_are_kept_for_thirty_days(int days, int merged)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.TrackAnonymousAsync(Visit);
        sandbox.Time.Advance(TimeSpan.FromDays(days));
        sandbox.Server.GetState().AnonymousEvents.Count.ShouldBe(merged);

        await sandbox.IdentifyAsync("u1", """{"anonymous_id":"d1"}""");

        sandbox.Person("u1").Events.Count.ShouldBe(merged);
    }

    [Fact]
    public async Task The_anonymous_id_of_another_person_is_dropped_and_the_rest_applied()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", """{"anonymous_id":"d1"}""");
        sandbox.Time.Advance(TimeSpan.FromMinutes(10));
        await sandbox.TrackAnonymousAsync(Visit);

        (await sandbox.IdentifyAsync("u2", """{"anonymous_id":"d1","a":1}""")).ShouldBeAccepted();

        sandbox.Person("u2").AnonymousIds.ShouldBeEmpty();
        sandbox.EventNames("u2").ShouldBeEmpty();
        sandbox.Attribute("u2", "a").ShouldBe("1");
        sandbox.Dropped("anonymous_id_of_another_person").ShouldBe(1);
    }

    [Fact]
    public async Task A_person_may_have_several_anonymous_ids()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", """{"anonymous_id":"d1"}""");
        await sandbox.IdentifyAsync("u1", """{"anonymous_id":"d2"}""");

        await sandbox.TrackAnonymousAsync(Visit);
        await sandbox.TrackAnonymousAsync("""{"name":"elsewhere","anonymous_id":"d2"}""");

        sandbox.Person("u1").AnonymousIds.ShouldBe(["d1", "d2"]);
        sandbox.EventNames("u1").ShouldBe(["visited", "elsewhere"]);
    }

    [Fact]
    public async Task An_identify_that_is_too_old_merges_nothing()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", """{"_timestamp":1768000100}""");
        await sandbox.TrackAnonymousAsync(Visit);

        await sandbox.IdentifyAsync("u1", """{"anonymous_id":"d1","_timestamp":1768000000}""");

        sandbox.EventNames("u1").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"\"")]
    [InlineData("7")]
    public async Task An_anonymous_id_that_is_no_text_is_none(string value)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.IdentifyAsync("u1", $$"""{"anonymous_id":{{value}}}""")).ShouldBeAccepted();

        sandbox.Person("u1").AnonymousIds.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_event_without_an_anonymous_id_is_kept_and_never_merges()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.TrackAnonymousAsync("""{"name":"invited","data":{"recipient":"x@example.com"}}""")).ShouldBeAccepted();

        sandbox.Server.GetState().AnonymousEvents.ShouldHaveSingleItem().AnonymousId.ShouldBeNull();
    }

    [Fact]
    public async Task An_event_of_a_known_person_does_not_merge()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.TrackAnonymousAsync(Visit);

        await sandbox.TrackAsync("u1", """{"name":"opened","anonymous_id":"d1"}""");

        sandbox.EventNames("u1").ShouldBe(["opened"]);
    }

    [Fact]
    public async Task Version_two_takes_an_anonymous_id_as_identifier_of_an_event()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.EntityAsync("""{"type":"person","identifiers":{"anonymous_id":"d1"},"action":"page","name":"/pricing","attributes":{"a":1}}""")).ShouldBeAccepted();
        await sandbox.EntityAsync("""{"type":"person","identifiers":{"id":"u1"},"action":"identify","attributes":{"anonymous_id":"d1"}}""");

        var merged = sandbox.Person("u1").Events.ShouldHaveSingleItem();
        merged.Type.ShouldBe("page");
        merged.Data.ToString().ShouldBe("""{"a":1}""");
    }
}
