using CustomerIoDestination.Events;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Model;
using CustomerIoDestination.People;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Tests.People;

/// <summary>Every row of the table in <see cref="PersonRule"/>, and its edges.</summary>
public sealed class PersonRuleTests
{
    private static readonly DateTimeOffset Received = Some.Now;
    private static readonly long At = Some.Now.ToUnixTimeSeconds();
    private static readonly MappingSettings Guarded = new() { ClaimAnonymous = true };
    private static readonly PersonFacts Known = new(Received, IsIdentify: false, IsOfKnownPerson: true, HasEmail: false, Lifecycle: null, AnonymousAt: null);
    private static readonly PersonFacts Anonymous = new(Received, false, IsOfKnownPerson: false, false, null, AnonymousAt: At);

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    public void An_event_received_up_to_when_its_person_was_forgotten_is_skipped(int forgottenAfterMs, bool isForgotten)
    {
        PersonVerdict verdict = Decide(Known, new PersonKnowledge(Received.AddMilliseconds(forgottenAfterMs), null, null));

        verdict.ShouldBe(isForgotten ? new PersonVerdict.Skip(SkipReason.Forgotten) : PersonVerdict.Send.Instance);
    }

    [Theory]
    [InlineData(LifecycleChange.Delete, true)]
    [InlineData(LifecycleChange.Suppress, true)]
    [InlineData(LifecycleChange.Unsuppress, false)]
    public void A_delete_or_suppress_of_somebody_who_is_forgotten_goes_and_the_end_of_a_suppression_does_not(LifecycleChange change, bool goes) =>
        Decide(Known with { Lifecycle = change }, new PersonKnowledge(Received.AddDays(1), null, null))
            .ShouldBe(goes ? PersonVerdict.Send.Instance : new PersonVerdict.Skip(SkipReason.Forgotten));

    [Theory]
    [InlineData(LifecycleChange.Delete)]
    [InlineData(LifecycleChange.Unsuppress)]
    public void No_guard_holds_back_what_erases_somebody_or_lets_them_in_again(LifecycleChange change) =>
        Decide(Known with { Lifecycle = change }, default, new MappingSettings { WithoutEmail = WithoutEmailChoice.SkipUnlessKnown, EventsMayCreatePeople = false })
            .ShouldBe(PersonVerdict.Send.Instance);

    [Fact]
    public void An_anonymous_event_of_a_device_that_is_forgotten_is_skipped() =>
        Decide(Anonymous, new PersonKnowledge(Received.AddDays(1), null, null)).ShouldBe(new PersonVerdict.Skip(SkipReason.Forgotten));

    [Theory]
    [InlineData(284, 0, false)]
    [InlineData(286, 0, true)]
    [InlineData(301, 0, true)]
    [InlineData(86_400, -10, true)]
    [InlineData(86_400, 1, false)]
    public void An_anonymous_event_is_the_persons_when_the_window_is_over_and_it_happened_no_later_than_the_identify(int agoSeconds, int afterIdentify, bool isClaimed)
    {
        DeviceClaim claim = ClaimOf(Some.Now.AddSeconds(-agoSeconds));

        PersonVerdict verdict = Decide(Anonymous with { AnonymousAt = At + afterIdentify }, new PersonKnowledge(null, null, claim), Guarded);

        verdict.ShouldBe(isClaimed ? new PersonVerdict.SendAs(new PersonIdentifier(PersonIdentifierKind.Id, Utf8Text.Of("u-1"))) : PersonVerdict.Send.Instance);
    }

    [Fact]
    public void An_anonymous_event_of_a_device_that_two_people_used_stays_anonymous() =>
        Decide(Anonymous, new PersonKnowledge(null, null, DeviceClaim.OfTwo), Guarded).ShouldBe(PersonVerdict.Send.Instance);

    [Fact]
    public void Without_the_guard_a_claim_that_is_left_does_nothing() =>
        Decide(Anonymous, new PersonKnowledge(null, null, ClaimOf(Some.Now.AddDays(-1)))).ShouldBe(PersonVerdict.Send.Instance);

    [Theory]
    [InlineData(WithoutEmailChoice.Send, false, null, "send")]
    [InlineData(WithoutEmailChoice.Skip, false, null, "send")]
    [InlineData(WithoutEmailChoice.Skip, false, false, "skip")]
    [InlineData(WithoutEmailChoice.Skip, false, true, "send")]
    [InlineData(WithoutEmailChoice.Skip, true, null, "skip")]
    [InlineData(WithoutEmailChoice.Skip, true, true, "send")]
    [InlineData(WithoutEmailChoice.DeadLetter, false, false, "dead")]
    [InlineData(WithoutEmailChoice.DeadLetter, true, null, "dead")]
    [InlineData(WithoutEmailChoice.SkipUnlessKnown, false, null, "skip")]
    [InlineData(WithoutEmailChoice.SkipUnlessKnown, false, true, "send")]
    [InlineData(WithoutEmailChoice.DeadLetterUnlessKnown, false, null, "dead")]
    public void Somebody_without_an_e_mail(WithoutEmailChoice choice, bool isIdentify, bool? rememberedEmail, string expected)
    {
        PersonVerdict verdict = Decide(Known with { IsIdentify = isIdentify }, new PersonKnowledge(null, rememberedEmail, null), new MappingSettings { WithoutEmail = choice });

        (verdict switch
        {
            PersonVerdict.Skip { Reason: SkipReason.NoEmail } => "skip",
            PersonVerdict.DeadLetter { Problem: { Reason: DeadLetterReason.NoEmail, Field: "email" } } => "dead",
            PersonVerdict.Send => "send",
            _ => verdict.ToString(),
        }).ShouldBe(expected);
    }

    [Theory]
    [InlineData(WithoutEmailChoice.Skip)]
    [InlineData(WithoutEmailChoice.SkipUnlessKnown)]
    public void An_event_that_tells_the_e_mail_and_one_of_a_device_only_go(WithoutEmailChoice choice)
    {
        MappingSettings settings = new() { WithoutEmail = choice };

        Decide(Known with { HasEmail = true }, new PersonKnowledge(null, false, null), settings).ShouldBe(PersonVerdict.Send.Instance);
        Decide(Anonymous, default, settings).ShouldBe(PersonVerdict.Send.Instance);
    }

    [Theory]
    [InlineData(false, null, true)]
    [InlineData(false, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, null, false)]
    public void Where_events_may_create_nobody_those_of_people_who_were_never_identified_here_are_skipped(bool isIdentify, bool? remembered, bool isSkipped)
    {
        PersonVerdict verdict = Decide(Known with { IsIdentify = isIdentify }, new PersonKnowledge(null, remembered, null), new MappingSettings { EventsMayCreatePeople = false });

        verdict.ShouldBe(isSkipped ? new PersonVerdict.Skip(SkipReason.UnknownPerson) : PersonVerdict.Send.Instance);
    }

    private static PersonVerdict Decide(PersonFacts facts, PersonKnowledge known, MappingSettings? settings = null) =>
        PersonRule.Decide(facts, known, settings ?? new MappingSettings(), Some.Now);

    private static DeviceClaim ClaimOf(DateTimeOffset deliveredAt) => new(false, deliveredAt, At, new PersonKey(1), PersonKey.Nobody, "u-1"u8.ToArray());
}
