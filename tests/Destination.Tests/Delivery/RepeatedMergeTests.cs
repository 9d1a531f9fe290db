using CustomerIoDestination.Model;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Tests.Support;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Tests.Delivery;

/// <summary>A merge that is sent once more: <c>Mapping__RepeatMergeAfter</c>.</summary>
public sealed class RepeatedMergeTests
{
    private const string Alias = """{"type":"alias","userId":"u-1","previousId":"old@example.com","anonymousId":"d-1","timestamp":"2026-11-24T11:59:00Z"}""";

    private static readonly TimeSpan Span = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData(DeliveryMode.Single)]
    [InlineData(DeliveryMode.Batch)]
    public async Task A_merge_that_was_delivered_is_put_on_the_queue_once_more(DeliveryMode mode)
    {
        await using DeliveryRig rig = Rig(mode: mode);
        rig.Api.Reply(200);
        ReceivedEvent alias = Some.Event(EventKind.Alias, Alias) with { History = new FailureHistory(3, Some.Now) };

        DeliveryAttempt attempt = await DeliverAsync(rig, alias);

        EventEnvelope repeat = RepeatOf(attempt).ShouldNotBeNull();
        repeat.ShouldBe(alias.Envelope with { IsRepeat = true, NotBefore = repeat.QueuedAt + Span, QueuedAt = repeat.QueuedAt });
        repeat.QueuedAt.ShouldBeInRange(Some.Now, rig.Time.GetUtcNow());
        repeat.MessageId.ShouldBe($"alias-{alias.Envelope.EventId}-0-again");
        attempt.Warnings.Select(warning => warning.Code).ShouldBe(["merge_repeats"]);
    }

    [Fact]
    public async Task The_repeat_is_sent_and_not_repeated_again_and_its_event_counts_once()
    {
        await using DeliveryRig rig = Rig();
        rig.Api.Reply(200).Reply(200);
        ReceivedEvent alias = Some.Event(EventKind.Alias, Alias);
        EventEnvelope repeat = RepeatOf(await DeliverAsync(rig, alias))!;

        DeliveryAttempt again = await DeliverAsync(rig, alias with { Envelope = repeat });

        RepeatOf(again).ShouldBeNull();
        again.Warnings.Select(warning => warning.Code).ShouldBe(["merge_repeated"]);
        rig.Api.Calls.Select(call => call.Body).Distinct().ShouldHaveSingleItem();
        (await rig.Control.GetStatusAsync(default)).Counts.Delivered.ShouldBe(1);
    }

    [Fact]
    public async Task The_repeat_of_somebody_who_was_forgotten_meanwhile_is_not_sent()
    {
        await using DeliveryRig rig = Rig();
        rig.Api.Reply(200);
        ReceivedEvent alias = Some.Event(EventKind.Alias, Alias);
        EventEnvelope repeat = RepeatOf(await DeliverAsync(rig, alias))!;
        await rig.Memory.ForgetAsync([(await rig.Memory.OpenAsync(default)).OfEmail(Utf8Text.Of("old@example.com"))], Some.Now + Span, default);

        DeliveryAttempt again = await DeliverAsync(rig, alias with { Envelope = repeat });

        (again.Outcome, again.Reason, rig.Api.Calls.Count).ShouldBe((AttemptOutcome.Skipped, "forgotten", 1));
        (await rig.Control.GetStatusAsync(default)).Counts.Skipped.ShouldBe(0);
    }

    [Fact]
    public async Task The_repeat_is_not_sent_once_aliases_are_switched_off()
    {
        await using DeliveryRig rig = Rig(rules: DestinationRules.None);
        ReceivedEvent alias = Some.Event(EventKind.Alias, Alias);

        DeliveryAttempt again = await DeliverAsync(rig, alias with { Envelope = alias.Envelope.RepeatedAfter(Some.Now, Span) });

        (again.Outcome, again.Reason, rig.Api.Calls.Count).ShouldBe((AttemptOutcome.Skipped, "not_enabled", 0));
    }

    [Theory]
    [InlineData(EventKind.Alias, """{"type":"alias","userId":"u-1","previousId":"d-1","anonymousId":"d-1"}""", 200)]
    [InlineData(EventKind.Identify, """{"type":"identify","userId":"u-1","traits":{"plan":"gold"}}""", 200)]
    [InlineData(EventKind.Alias, Alias, 400)]
    public async Task Nothing_else_is_repeated(EventKind kind, string json, int status)
    {
        await using DeliveryRig rig = Rig();
        rig.Api.Reply(status);

        RepeatOf(await DeliverAsync(rig, Some.Event(kind, json))).ShouldBeNull();
    }

    [Fact]
    public async Task Without_the_setting_no_merge_is()
    {
        await using DeliveryRig rig = Rig(after: null);
        rig.Api.Reply(200);

        DeliveryAttempt attempt = await DeliverAsync(rig, Some.Event(EventKind.Alias, Alias));

        attempt.Settlement.ShouldBe(Settlement.Complete.Delivered);
        attempt.Warnings.ShouldBeEmpty();
    }

    private static DeliveryRig Rig(DestinationRules? rules = null, DeliveryMode mode = DeliveryMode.Single) => Rig(Span, rules, mode);

    private static DeliveryRig Rig(TimeSpan? after, DestinationRules? rules = null, DeliveryMode mode = DeliveryMode.Single) => new(
        new DeliverySettings { RequestsPerSecond = 1_000, Mode = mode },
        mapping: new MappingSettings { RepeatMergeAfter = after },
        rules: rules ?? RuleTexts.Valid("""{"aliases": true}"""));

    private static Task<DeliveryAttempt> DeliverAsync(DeliveryRig rig, ReceivedEvent received) => rig.RunAsync(rig.Handler.DeliverAsync(received, keep: null, default));

    private static EventEnvelope? RepeatOf(DeliveryAttempt attempt) => (attempt.Settlement as Settlement.Complete)?.Repeat;
}
