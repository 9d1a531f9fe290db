using CsCheck;
using CustomerIoDestination.Delivery;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Tests.Delivery;

public sealed class RetryPolicyTests
{
    private static readonly DeliveryOutcome.Unavailable Down = new("http_503", 503);

    [Fact]
    public void Delivered_is_complete() => Settlement(Facts(new DeliveryOutcome.Delivered(200))).ShouldBe(CustomerIoDestination.Model.Settlement.Complete.Delivered);

    [Fact]
    public void Rejected_is_a_dead_letter_that_names_status_field_and_message() =>
        Settlement(Facts(new DeliveryOutcome.Rejected(207, "attribute_value_too_long", "attributes.plan", "property value cannot be longer than 1000 bytes")))
            .ShouldBe(new Settlement.DeadLetter(DeadLetterReason.RejectedByCustomerIo, "HTTP 207: attributes.plan: property value cannot be longer than 1000 bytes"));

    [Fact]
    public void Misconfigured_is_held_and_never_expires() =>
        Decide(Facts(new DeliveryOutcome.Misconfigured("credentials_refused", 401)) with { TriedFor = TimeSpan.FromDays(30) }).ShouldBe(RetryDecision.Hold.Instance);

    [Fact]
    public void An_event_that_fails_alone_is_undeliverable() => Reason(Alone).ShouldBe(DeadLetterReason.Undeliverable);

    [Fact]
    public void What_is_told_of_it_names_calls_time_others_and_the_last_answer() =>
        Settlement(Alone with { FailedCalls = 12, FailingFor = TimeSpan.FromMinutes(31), OthersDelivered = 20 }).ShouldBe(new Settlement.DeadLetter(
            DeadLetterReason.Undeliverable, "12 calls failed over 31 min while 20 events of other partitions were delivered; last: http_503"));

    [Fact]
    public void What_is_told_of_one_that_expired_names_the_window_the_calls_and_the_last_answer() =>
        Settlement(Facts(Down) with { FailedCalls = 9, FailingFor = TimeSpan.FromHours(80), TriedFor = TimeSpan.FromHours(72) }).ShouldBe(new Settlement.DeadLetter(
            DeadLetterReason.Expired, "first failed 80.0 h ago, retry window 72.0 h, 9 calls failed; last: http_503"));

    [Theory]
    [InlineData(null, "event name must not be blank", "HTTP 400: event name must not be blank")]
    [InlineData(null, "HTTP 400; what Customer.io wrote may quote data", "HTTP 400; what Customer.io wrote may quote data")]
    [InlineData("name", "HTTP 400; no text", "name: HTTP 400; no text")]
    public void Rejected_names_the_status_once(string? field, string message, string description) =>
        Settlement(Facts(new DeliveryOutcome.Rejected(400, "code", field, message))).ShouldBe(new Settlement.DeadLetter(DeadLetterReason.RejectedByCustomerIo, description));

    [Fact]
    public void Nine_failed_calls_are_not_enough() => Reason(Alone with { FailedCalls = 9 }).ShouldBeNull();

    [Fact]
    public void A_minute_short_of_a_quarter_of_an_hour_is_not_enough() => Reason(Alone with { FailingFor = TimeSpan.FromMinutes(14) }).ShouldBeNull();

    [Fact]
    public void Nineteen_others_are_not_enough() => Reason(Alone with { OthersDelivered = 19 }).ShouldBeNull();

    [Fact]
    public void Past_the_retry_window_it_expires() => Reason(Facts(Down) with { TriedFor = TimeSpan.FromHours(72) }).ShouldBe(DeadLetterReason.Expired);

    [Fact]
    public void While_the_clock_is_doubted_nothing_expires_and_what_fails_alone_is_undeliverable_still()
    {
        Reason(Facts(Down) with { TriedFor = TimeSpan.FromDays(40), FailingFor = TimeSpan.FromDays(40), ClockIsDoubted = true }).ShouldBeNull();
        Reason(Alone with { ClockIsDoubted = true }).ShouldBe(DeadLetterReason.Undeliverable);
    }

    [Fact]
    public void Without_a_call_in_this_delivery_nothing_expires() =>
        Reason(Facts(new DeliveryOutcome.Unavailable("connection") { Calls = 0 }) with { TriedFor = TimeSpan.FromDays(30) }).ShouldBeNull();

    [Fact]
    public void A_429_never_makes_an_event_expire() =>
        Reason(Facts(new DeliveryOutcome.Unavailable("http_429", 429)) with { TriedFor = TimeSpan.FromDays(30) }).ShouldBeNull();

    [Fact]
    public void Within_the_retry_window_it_waits() => Reason(Facts(Down) with { TriedFor = TimeSpan.FromHours(72) - TimeSpan.FromTicks(1) }).ShouldBeNull();

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(7, 7)]
    [InlineData(300, 300)]
    [InlineData(86400, 300)]
    public void Retry_after_is_honoured_between_1_and_300_seconds(int asked, int waited) =>
        Decide(Facts(Down with { RetryAfter = TimeSpan.FromSeconds(asked) })).ShouldBe(new RetryDecision.Wait(TimeSpan.FromSeconds(waited)));

    [Theory]
    [InlineData(1, 1, 2)]
    [InlineData(2, 2, 4)]
    [InlineData(3, 4, 8)]
    [InlineData(5, 16, 32)]
    [InlineData(6, 30, 60)]
    [InlineData(1000, 30, 60)]
    public void The_wait_doubles_to_a_minute_with_jitter(int failures, int shortest, int longest)
    {
        Wait(Facts(Down) with { FailuresInARow = failures }, 0).ShouldBe(TimeSpan.FromSeconds(shortest));
        Wait(Facts(Down) with { FailuresInARow = failures }, 1).ShouldBe(TimeSpan.FromSeconds(longest));
    }

    [Fact]
    public void The_wait_is_always_between_a_second_and_a_minute() => Gen.Select(Gen.Int[1, int.MaxValue], Gen.Double[0, 1]).Holds((failures, chance) =>
        Wait(Facts(Down) with { FailuresInARow = failures }, chance).ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60)));

    private static RetryFacts Alone => Facts(Down) with { FailedCalls = 10, FailingFor = TimeSpan.FromMinutes(15), OthersDelivered = 20 };

    private static RetryFacts Facts(DeliveryOutcome outcome) => new()
    {
        Outcome = outcome,
        FailedCalls = 1,
        FailingFor = TimeSpan.Zero,
        TriedFor = TimeSpan.Zero,
        FailuresInARow = 1,
        OthersDelivered = 0,
    };

    private static RetryDecision Decide(RetryFacts facts, double chance = 0.5) => new RetryPolicy(new DeliverySettings(), new Chance(chance)).Decide(facts);

    private static TimeSpan Wait(RetryFacts facts, double chance) => Decide(facts, chance).ShouldBeOfType<RetryDecision.Wait>().Delay;

    private static Settlement Settlement(RetryFacts facts) => Decide(facts).ShouldBeOfType<RetryDecision.Settle>().Settlement;

    private static DeadLetterReason? Reason(RetryFacts facts) =>
        ((Decide(facts) as RetryDecision.Settle)?.Settlement as CustomerIoDestination.Model.Settlement.DeadLetter)?.Reason;

    private sealed class Chance(double value) : Random
    {
        public override double NextDouble() => value;
    }
}
