using CustomerIoDestination.Model;
using Microsoft.Extensions.DependencyInjection;
using CustomerIoDestination.People;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Tests.Support;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Tests.People;

/// <summary>What is remembered of people decides before each call whether an event goes, and deliveries teach it.</summary>
public sealed class PersonDeliveryTests
{
    private static readonly DateTimeOffset Later = Some.Now.AddDays(1);

    [Theory]
    [InlineData("""{"type":"track","event":"E","userId":"u-1","anonymousId":"d-1"}""")]
    [InlineData("""{"type":"identify","userId":"u-1","traits":{"plan":"x"}}""")]
    [InlineData("""{"type":"page","userId":"u-1","context":{"page":{"url":"https://a.b/c"}}}""")]
    [InlineData("""{"event":"E","properties":{"distinct_id":"u-1"}}""")]
    [InlineData("""{"type":"identify","userId":"other","traits":{"email":"Jane@Example.com"}}""")]
    [InlineData("""{"type":"identify","userId":"other","traits":{"email":"first@example.com"},"context":{"traits":{"email":"jane@example.com"}}}""")]
    [InlineData("""{"type":"track","event":"E","userId":"other","context":{"traits":{"email":"mailto:jane@example.com"}}}""")]
    [InlineData("""{"event":"E","properties":{"distinct_id":"JANE@EXAMPLE.COM"}}""")]
    [InlineData("""{"type":"identify","traits":{"id":"u-1","email":"first@example.com"}}""")]
    [InlineData("""{"type":"identify","userId":"first@example.com","traits":{"id":"u-1"}}""")]
    [InlineData("""{"event":"$identify","properties":{"distinct_id":"first@example.com","$user_props":{"id":"u-1"}}}""")]
    public async Task Whatever_names_somebody_who_was_forgotten_is_skipped_and_nothing_is_sent(string json)
    {
        await using DeliveryRig rig = new();
        await ForgetAsync(rig, Some.Now);

        DeliveryAttempt attempt = await rig.RunAsync(rig.Handler.DeliverAsync(Some.Event(EventKind.Track, json), null, default));

        (attempt.Outcome, attempt.Reason).ShouldBe((AttemptOutcome.Skipped, "forgotten"));
        rig.Api.Calls.ShouldBeEmpty();
        (await rig.Control.GetStatusAsync(default)).Counts.Skipped.ShouldBe(1);
    }

    [Fact]
    public async Task An_event_that_would_be_a_dead_letter_is_skipped_all_the_same()
    {
        await using DeliveryRig rig = new();
        await ForgetAsync(rig, Some.Now);
        string json = $$$"""{"type":"track","event":"{{{new string('x', 200)}}}","userId":"u-1"}""";

        DeliveryAttempt attempt = await rig.RunAsync(rig.Handler.DeliverAsync(Some.Event(EventKind.Track, json), null, default));

        (attempt.Outcome, attempt.Reason).ShouldBe((AttemptOutcome.Skipped, "forgotten"));
    }

    [Fact]
    public async Task An_event_received_after_the_time_and_one_of_somebody_else_go()
    {
        await using DeliveryRig rig = new();
        rig.Api.Always(_ => StubTrackApi.Response(200));
        await ForgetAsync(rig, Some.Now.AddMilliseconds(-1));

        DeliveryAttempt after = await rig.RunAsync(rig.Handler.DeliverAsync(Some.Track(1), null, default));
        DeliveryAttempt before = await rig.RunAsync(rig.Handler.DeliverAsync(Some.Track(2, age: TimeSpan.FromMinutes(1)), null, default));
        DeliveryAttempt other = await rig.RunAsync(rig.Handler.DeliverAsync(Some.Track(3, userId: "u-2", age: TimeSpan.FromMinutes(1)), null, default));

        new[] { after.Outcome, before.Outcome, other.Outcome }.ShouldBe([AttemptOutcome.Delivered, AttemptOutcome.Skipped, AttemptOutcome.Delivered]);
    }

    [Theory]
    [InlineData(DeliveryMode.Single)]
    [InlineData(DeliveryMode.Batch)]
    public async Task An_event_that_waits_after_a_failure_is_skipped_once_its_person_is_forgotten(DeliveryMode mode)
    {
        await using DeliveryRig rig = new(new DeliverySettings { RequestsPerSecond = 1_000, Mode = mode });
        rig.Api.Always(_ => StubTrackApi.Response(503));
        List<(string EventId, string? Reason)> ended = [];
        ReceivedEvent[] run = [Some.Track(1), Some.Track(2, userId: "u-2"), Some.Track(3)];
        Task delivery = rig.Handler.DeliverRunAsync(run, (received, attempt) => ended.Add((received.Envelope.EventId, attempt.Reason)), null, default);
        await rig.RunAsync(TimeSpan.FromSeconds(5), stepMs: 100);

        await ForgetAsync(rig, Later);
        rig.Api.Always(_ => StubTrackApi.Response(200));
        await rig.RunAsync(delivery, stepMs: 1_000);

        ended.ShouldBe([(run[0].Envelope.EventId, "forgotten"), (run[1].Envelope.EventId, null), (run[2].Envelope.EventId, "forgotten")]);
        rig.Api.Calls[^1].Body.ShouldNotContain("u-1");
    }

    [Fact]
    public async Task While_the_store_does_not_answer_nothing_goes_and_the_event_is_not_lost()
    {
        await using DeliveryRig rig = new();
        await ForgetAsync(rig, Some.Now);
        rig.People.Trouble = new UnavailableException(Backend.Storage, "no_answer", new IOException());

        Task<DeliveryAttempt> broken = rig.Handler.DeliverAsync(Some.Track(), null, default);
        await Should.ThrowAsync<UnavailableException>(() => rig.RunAsync(broken));
        rig.People.Trouble = null;
        DeliveryAttempt attempt = await rig.RunAsync(rig.Handler.DeliverAsync(Some.Track(), null, default));

        rig.Api.Calls.ShouldBeEmpty();
        attempt.Reason.ShouldBe("forgotten");
    }

    [Fact]
    public async Task A_window_that_is_lifted_lets_what_comes_later_go_and_what_came_before_not()
    {
        await using DeliveryRig rig = new();
        rig.Api.Always(_ => StubTrackApi.Response(200));
        await ForgetAsync(rig, Later);
        PersonCipher cipher = await rig.Memory.OpenAsync(default);

        int lifted = await rig.Memory.LiftAsync([cipher.OfId(Utf8Text.Of("u-1")), cipher.OfId(Utf8Text.Of("never forgotten"))], default);

        lifted.ShouldBe(1);
        (await rig.RunAsync(rig.Handler.DeliverAsync(Some.Track(1, age: TimeSpan.FromMilliseconds(1)), null, default))).Outcome.ShouldBe(AttemptOutcome.Skipped);

        // A lift, its answer and the next event can all be of one millisecond.
        (await rig.RunAsync(rig.Handler.DeliverAsync(Some.Track(2), null, default))).Outcome.ShouldBe(AttemptOutcome.Delivered);
    }

    [Fact]
    public async Task The_later_of_two_times_stays()
    {
        await using DeliveryRig rig = new();
        await ForgetAsync(rig, Later);
        await ForgetAsync(rig, Some.Now.AddDays(-1));

        (await rig.RunAsync(rig.Handler.DeliverAsync(Some.Track(), null, default))).Reason.ShouldBe("forgotten");
    }

    [Theory]
    [InlineData("User Deleted")]
    [InlineData("User Suppressed")]
    public async Task A_delete_by_user_id_is_not_undone_by_100_older_events_by_device_in_all_partitions(string name)
    {
        await using DeliveryRig rig = new(rules: RuleTexts.Valid("""{"lifecycle":{"delete":["User Deleted"],"suppress":["User Suppressed"],"unsuppress":["User Released"]}}"""));
        rig.Api.Always(_ => StubTrackApi.Response(200));

        DeliveryAttempt erased = await rig.RunAsync(rig.Handler.DeliverAsync(Lifecycle(name, 1_000, TimeSpan.Zero), null, default));
        DeliveryAttempt[] older = await rig.RunAsync(Task.WhenAll(Enumerable.Range(1, 100).Select(number =>
            rig.Handler.DeliverAsync(Some.Track(number, partition: number % 64, age: TimeSpan.FromMinutes(number)), null, default))));
        DeliveryAttempt sameRequest = await rig.RunAsync(rig.Handler.DeliverAsync(Some.Track(200), null, default));
        DeliveryAttempt released = await rig.RunAsync(rig.Handler.DeliverAsync(Lifecycle("User Released", 1_001, TimeSpan.FromMinutes(1)), null, default));
        DeliveryAttempt newer = await rig.RunAsync(rig.Handler.DeliverAsync(Some.Track(300, age: TimeSpan.FromMinutes(-1)), null, default));

        erased.Outcome.ShouldBe(AttemptOutcome.Delivered);
        older.ShouldAllBe(attempt => attempt.Reason == "forgotten");
        (sameRequest.Reason, released.Reason).ShouldBe(("forgotten", "forgotten"));
        newer.Outcome.ShouldBe(AttemptOutcome.Delivered);
        rig.Api.Calls.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_delete_that_fails_is_sent_again_and_what_is_older_does_not_go_meanwhile()
    {
        await using DeliveryRig rig = new(rules: RuleTexts.Valid("""{"lifecycle":{"delete":["User Deleted"]}}"""));
        rig.Api.Always(call => StubTrackApi.Response(call.Method == "DELETE" ? 503 : 200));
        Task<DeliveryAttempt> delete = rig.Handler.DeliverAsync(Lifecycle("User Deleted", 1_000, TimeSpan.Zero), null, default);
        await rig.RunAsync(TimeSpan.FromSeconds(5), stepMs: 100);

        DeliveryAttempt older = await rig.RunAsync(rig.Handler.DeliverAsync(Some.Track(1, partition: 9, age: TimeSpan.FromMinutes(1)), null, default));

        older.Reason.ShouldBe("forgotten");
        rig.Api.Always(_ => StubTrackApi.Response(200));
        (await rig.RunAsync(delete, stepMs: 1_000)).Outcome.ShouldBe(AttemptOutcome.Delivered);
    }

    [Fact]
    public async Task Without_the_lifecycle_key_nobody_is_forgotten()
    {
        await using DeliveryRig rig = new(rules: RuleTexts.Valid("""{"lifecycle":{"delete":["User Deleted"]}}"""));
        rig.Api.Always(_ => StubTrackApi.Response(200));
        ReceivedEvent unproven = Lifecycle("User Deleted", 1_000, TimeSpan.Zero);

        await rig.RunAsync(rig.Handler.DeliverAsync(unproven with { Envelope = unproven.Envelope with { LifecycleAllowed = false } }, null, default));

        (await rig.RunAsync(rig.Handler.DeliverAsync(Some.Track(1, age: TimeSpan.FromMinutes(1)), null, default))).Outcome.ShouldBe(AttemptOutcome.Delivered);
        rig.People.Rows.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_alias_that_gives_up_a_forgotten_id_is_skipped()
    {
        await using DeliveryRig rig = new(rules: RuleTexts.Valid("""{"aliases":true}"""));
        await ForgetAsync(rig, Later);

        DeliveryAttempt attempt = await rig.RunAsync(rig.Handler.DeliverAsync(
            Some.Event(EventKind.Alias, """{"type":"alias","userId":"new","previousId":"u-1"}"""), null, default));

        attempt.Reason.ShouldBe("forgotten");
    }

    [Fact]
    public async Task Nothing_that_is_remembered_holds_an_identifier()
    {
        await using DeliveryRig rig = new(mapping: new MappingSettings { ClaimAnonymous = true, WithoutEmail = WithoutEmailChoice.Skip });
        rig.Api.Always(_ => StubTrackApi.Response(200));
        await rig.RunAsync(rig.Handler.DeliverAsync(Identify("u-1", "d-1", email: "jane@example.com"), null, default));
        await rig.Memory.ForgetAsync([(await rig.Memory.OpenAsync(default)).OfId(Utf8Text.Of("somebody"))], Later, default);

        foreach (PersonRow row in rig.People.Rows)
        {
            foreach (byte[] marked in new[] { "u-1"u8.ToArray(), "d-1"u8.ToArray(), "jane"u8.ToArray(), "somebody"u8.ToArray() })
            {
                row.Value.Span.IndexOf(marked).ShouldBe(-1);
                row.Key.ToBytes().AsSpan().IndexOf(marked).ShouldBe(-1);
            }
        }

        rig.People.Rows.Select(row => row.Kind).Distinct().ShouldBe(Enum.GetValues<PersonRowKind>(), ignoreOrder: true);
    }

    [Fact]
    public async Task Another_secret_ends_the_windows_and_says_so()
    {
        await using DeliveryRig rig = new();
        await ForgetAsync(rig, Later);
        await using DeliveryRig restarted = new(configure: services => services
            .AddSingleton<IPersonStore>(rig.People)
            .AddSingleton(new DestinationSettings { Privacy = new PrivacySettings { Secret = new Secret("marked-secret of more than 32 characters") } }));
        restarted.Api.Always(_ => StubTrackApi.Response(200));

        DeliveryAttempt attempt = await restarted.RunAsync(restarted.Handler.DeliverAsync(Some.Track(), null, default));

        attempt.Outcome.ShouldBe(AttemptOutcome.Delivered);
        restarted.Logs.GetSnapshot().ShouldContain(line => line.Message.Contains("Privacy__Secret is another one", StringComparison.Ordinal));
        restarted.Logs.GetSnapshot().ShouldNotContain(line => line.Message.Contains("marked-secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_late_anonymous_event_goes_to_the_person_who_was_identified_on_its_device()
    {
        await using DeliveryRig rig = Guarded();
        await DeliverAsync(rig, Identify("u-1", "d-1"));
        await rig.RunAsync(TimeSpan.FromMinutes(6), stepMs: 60_000);

        await DeliverAsync(rig, Visit("d-1", at: "2026-11-24T11:50:00Z", number: 5));

        SentCall call = rig.Api.Calls[^1];
        call.Path.ShouldBe("/api/v1/customers/u-1/events");
        call.Body.ShouldContain("\"id\":\"01M86PTPG00000000000000005\"");
        call.Body.ShouldContain($"\"timestamp\":{DateTimeOffset.Parse("2026-11-24T11:50:00Z", null).ToUnixTimeSeconds()}");
        call.Body.ShouldNotContain("anonymous_id");
    }

    [Theory]
    [InlineData(4, "2026-11-24T11:50:00Z", "d-1")]
    [InlineData(6, "2026-11-24T11:59:30Z", "d-1")]
    [InlineData(6, "2026-11-24T11:50:00Z", "d-2")]
    public async Task One_inside_the_window_one_after_the_identify_and_one_of_another_device_stay_anonymous(int minutes, string at, string device)
    {
        await using DeliveryRig rig = Guarded();
        await DeliverAsync(rig, Identify("u-1", "d-1"));
        await rig.RunAsync(TimeSpan.FromMinutes(minutes), stepMs: 60_000);

        await DeliverAsync(rig, Visit(device, at, number: 5));

        rig.Api.Calls[^1].Path.ShouldBe("/api/v1/events");
    }

    [Fact]
    public async Task A_device_that_was_seen_with_two_people_is_nobodys_from_then_on()
    {
        await using DeliveryRig rig = Guarded();
        await DeliverAsync(rig, Identify("u-1", "d-1"));
        await DeliverAsync(rig, Some.Event(EventKind.Track, """{"type":"track","event":"E","userId":"u-2","anonymousId":"d-1"}""", 2));
        await DeliverAsync(rig, Identify("u-1", "d-1", number: 3));
        await rig.RunAsync(TimeSpan.FromMinutes(6), stepMs: 60_000);

        await DeliverAsync(rig, Visit("d-1", at: "2026-11-24T11:50:00Z", number: 5));

        rig.Api.Calls[^1].Path.ShouldBe("/api/v1/events");
    }

    [Fact]
    public async Task A_claim_is_kept_for_30_days_from_the_last_event_and_no_longer()
    {
        await using DeliveryRig rig = Guarded();
        await DeliverAsync(rig, Identify("u-1", "d-1"));
        rig.Time.Advance(TimeSpan.FromDays(20));
        await DeliverAsync(rig, Some.Event(EventKind.Track, """{"type":"track","event":"E","userId":"u-1","anonymousId":"d-1"}""", 2));

        rig.Time.Advance(TimeSpan.FromDays(20));
        int early = await rig.Memory.PurgeAsync(rig.Time.GetUtcNow(), default);
        rig.Time.Advance(TimeSpan.FromDays(11));
        int late = await rig.Memory.PurgeAsync(rig.Time.GetUtcNow(), default);

        (early, late).ShouldBe((0, 2));
    }

    [Fact]
    public async Task A_claimed_device_is_forgotten_with_its_person_and_another_person_may_use_it()
    {
        await using DeliveryRig rig = Guarded();
        await DeliverAsync(rig, Identify("u-1", "d-1"));

        await ForgetAsync(rig, Later);

        rig.People.Rows.Where(row => row.IsOfSomebody).ShouldAllBe(row => row.Kind == PersonRowKind.Forgotten);
        (await rig.RunAsync(rig.Handler.DeliverAsync(Visit("d-1", "2026-11-24T11:50:00Z", number: 5), null, default))).Reason.ShouldBe("forgotten");
        (await rig.RunAsync(rig.Handler.DeliverAsync(Identify("u-2", "d-1", number: 6), null, default))).Outcome.ShouldBe(AttemptOutcome.Delivered);
    }

    [Fact]
    public async Task Claims_are_gone_when_the_guard_is_off()
    {
        await using DeliveryRig rig = Guarded();
        await DeliverAsync(rig, Identify("u-1", "d-1"));
        await using DeliveryRig off = new(configure: services => services.AddSingleton<IPersonStore>(rig.People));

        await off.Memory.PurgeAsync(Some.Now, default);

        rig.People.Rows.ShouldAllBe(row => !row.IsOfSomebody);
    }

    [Fact]
    public async Task An_e_mail_told_by_an_identify_counts_for_the_events_after_it_and_its_lack_too()
    {
        await using DeliveryRig rig = new(mapping: new MappingSettings { WithoutEmail = WithoutEmailChoice.Skip });
        rig.Api.Always(_ => StubTrackApi.Response(200));
        string?[] reasons =
        [
            (await rig.RunAsync(rig.Handler.DeliverAsync(Some.Track(1, userId: "never seen"), null, default))).Reason,
            (await rig.RunAsync(rig.Handler.DeliverAsync(Identify("with", "d-1", email: "a@b.cd", number: 2), null, default))).Reason,
            (await rig.RunAsync(rig.Handler.DeliverAsync(Some.Track(3, userId: "with"), null, default))).Reason,
            (await rig.RunAsync(rig.Handler.DeliverAsync(Identify("with", "d-1", number: 4), null, default))).Reason,
            (await rig.RunAsync(rig.Handler.DeliverAsync(Identify("without", "d-2", number: 5), null, default))).Reason,
            (await rig.RunAsync(rig.Handler.DeliverAsync(Some.Track(6, userId: "without"), null, default))).Reason,
            (await rig.RunAsync(rig.Handler.DeliverAsync(Identify("without", "d-2", email: "c@d.ef", number: 7), null, default))).Reason,
            (await rig.RunAsync(rig.Handler.DeliverAsync(Some.Track(8, userId: "without"), null, default))).Reason,
        ];

        reasons.ShouldBe([null, null, null, null, "no_email", "no_email", null, null]);
    }

    [Fact]
    public async Task That_somebody_has_no_e_mail_is_remembered_for_thirty_days_from_the_last_event_that_was_left_out()
    {
        await using DeliveryRig rig = new(mapping: new MappingSettings { WithoutEmail = WithoutEmailChoice.DeadLetter });
        rig.Api.Always(_ => StubTrackApi.Response(200));
        await rig.RunAsync(rig.Handler.DeliverAsync(Identify("without", "d-2"), null, default));
        rig.Time.Advance(TimeSpan.FromDays(20));
        DeliveryAttempt left = await rig.RunAsync(rig.Handler.DeliverAsync(Some.Track(2, userId: "without"), null, default));

        rig.People.Rows.Single(row => row.Kind == PersonRowKind.Person).KeptUntil.ShouldBe(rig.Time.GetUtcNow() + TimeSpan.FromDays(30), TimeSpan.FromMinutes(1));
        left.Reason.ShouldBe("no_email");
    }

    [Fact]
    public async Task An_opt_out_goes_to_somebody_without_an_e_mail_too()
    {
        await using DeliveryRig rig = new(mapping: new MappingSettings { WithoutEmail = WithoutEmailChoice.SkipUnlessKnown });
        rig.Api.Always(_ => StubTrackApi.Response(200));

        DeliveryAttempt attempt = await rig.RunAsync(rig.Handler.DeliverAsync(
            Some.Event(EventKind.Identify, """{"type":"identify","userId":"u-1","traits":{"unsubscribed":true}}"""), null, default));

        attempt.Outcome.ShouldBe(AttemptOutcome.Delivered);
    }

    [Fact]
    public async Task Where_events_may_create_nobody_an_identify_that_was_delivered_opens_the_way()
    {
        await using DeliveryRig rig = new(mapping: new MappingSettings { EventsMayCreatePeople = false });
        rig.Api.Always(_ => StubTrackApi.Response(200));
        string?[] reasons =
        [
            (await rig.RunAsync(rig.Handler.DeliverAsync(Some.Track(1), null, default))).Reason,
            (await rig.RunAsync(rig.Handler.DeliverAsync(Identify("u-1", "d-1", number: 2), null, default))).Reason,
            (await rig.RunAsync(rig.Handler.DeliverAsync(Some.Track(3), null, default))).Reason,
        ];

        reasons.ShouldBe(["unknown_person", null, null]);
    }

    private static DeliveryRig Guarded()
    {
        DeliveryRig rig = new(mapping: new MappingSettings { ClaimAnonymous = true });
        rig.Api.Always(_ => StubTrackApi.Response(200));
        return rig;
    }

    private static async Task DeliverAsync(DeliveryRig rig, ReceivedEvent received) =>
        (await rig.RunAsync(rig.Handler.DeliverAsync(received, null, default))).Outcome.ShouldBe(AttemptOutcome.Delivered);

    private static async Task ForgetAsync(DeliveryRig rig, DateTimeOffset until)
    {
        PersonCipher cipher = await rig.Memory.OpenAsync(default);
        await rig.Memory.ForgetAsync([cipher.OfId(Utf8Text.Of("u-1")), cipher.OfEmail(Utf8Text.Of("jane@example.com"))], until, default);
    }

    private static ReceivedEvent Identify(string userId, string device, string? email = null, int number = 1)
    {
        string traits = email is null ? "" : $"\"email\":\"{email}\",";
        return Some.Event(EventKind.Identify, $$$"""{"type":"identify","userId":"{{{userId}}}","anonymousId":"{{{device}}}","traits":{{{{traits}}}"plan":"x"},"timestamp":"2026-11-24T11:59:00Z"}""", number);
    }

    private static ReceivedEvent Lifecycle(string name, int number, TimeSpan age)
    {
        ReceivedEvent received = Some.Event(EventKind.Track, $$"""{"type":"track","event":"{{name}}","userId":"u-1"}""", number, partition: 3, age: age);
        return received with { Envelope = received.Envelope with { LifecycleAllowed = true } };
    }

    private static ReceivedEvent Visit(string device, string at, int number) =>
        Some.Event(EventKind.Track, $$"""{"type":"track","event":"Visited","anonymousId":"{{device}}","timestamp":"{{at}}"}""", number);
}
