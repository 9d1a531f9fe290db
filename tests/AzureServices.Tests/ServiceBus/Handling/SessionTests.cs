using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.Model;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Handling;

/// <summary>What becomes of the session a message came in: what it remembers, and when it is given up.</summary>
public sealed class SessionTests : MessageHandlerTests
{
    private static readonly FailureHistory Failures = new(4, Some.Now.AddMinutes(-3));

    [Fact]
    public async Task A_release_writes_the_failures_down_before_it_gives_the_session_up()
    {
        Decision = new Settlement.Release("http_503", Failures);

        await HandleAsync();

        Settled.Steps.ShouldBe(["set-state", "release"]);
        Log.Entries.ShouldHaveSingleItem().Outcome.ShouldBe(AttemptOutcome.Released);
    }

    [Fact]
    public async Task A_release_without_failures_writes_nothing()
    {
        Decision = new Settlement.Release("http_503", FailureHistory.None);

        await HandleAsync();

        Settled.Steps.ShouldBe(["release"]);
    }

    [Fact]
    public async Task The_next_delivery_knows_the_failures_and_its_end_forgets_them()
    {
        Decision = new Settlement.Release("http_503", Failures);
        await HandleAsync();
        Decision = Settlement.Complete.Delivered;

        await HandleAsync();
        await HandleAsync(Some.Envelope(2));

        Delivered.Select(received => received.History).ShouldBe([FailureHistory.None, Failures, FailureHistory.None]);
        Settled.Steps.ShouldBe(["set-state", "release", "complete", "set-state none", "complete"]);
    }

    [Fact]
    public async Task Failures_written_down_while_a_delivery_waits_are_forgotten_at_its_end()
    {
        Keeps = Failures;

        await HandleAsync();

        Settled.Steps.ShouldBe(["set-state", "complete", "set-state none"]);
    }

    [Fact]
    public async Task Failures_of_another_event_mean_nothing()
    {
        Settled.State = SessionState.Of(Some.Envelope(2).MessageId, Failures);

        await HandleAsync();

        Delivered.ShouldHaveSingleItem().History.ShouldBe(FailureHistory.None);
    }

    [Fact]
    public async Task Without_the_state_nothing_is_delivered()
    {
        Settled.Failures["get-state"] = new ServiceBusException("busy", ServiceBusFailureReason.ServiceBusy);

        (await SecondsAsync(() => HandleAsync())).ShouldBe(5);

        Delivered.ShouldBeEmpty();
        Settled.Steps.ShouldBe(["release"]);
    }

    [Fact]
    public async Task A_shutdown_gives_the_session_up()
    {
        await HandleAsync(cancellationToken: new CancellationToken(canceled: true));

        Delivered.ShouldBeEmpty();
        Settled.Steps.ShouldBe(["release"]);
    }

    [Fact]
    public async Task A_state_that_stays_changes_no_settlement()
    {
        Settled.State = SessionState.Of(Some.Envelope().MessageId, Failures);
        Settled.Failures["set-state"] = new ServiceBusException("busy", ServiceBusFailureReason.ServiceBusy);

        await HandleAsync();

        Settled.Steps.ShouldBe(["complete", "set-state none"]);
    }

    [Fact]
    public async Task A_session_held_for_half_an_hour_is_given_up_after_settling()
    {
        Takes = TimeSpan.FromMinutes(10);
        for (int number = 0; number < 3; number++)
        {
            await HandleAsync(Some.Envelope(number));
        }

        await HandleAsync(Some.Envelope(3));

        Settled.Steps.ShouldBe(["complete", "complete", "complete", "release", "complete"]);
    }

    [Fact]
    public async Task A_session_that_ran_empty_was_given_up_by_the_processor_and_begins_anew()
    {
        Takes = TimeSpan.FromMinutes(10);
        await HandleAsync(Some.Envelope(1));
        await HandleAsync(Some.Envelope(2));
        Time.Advance(TimeSpan.FromMinutes(2));
        await HandleAsync(Some.Envelope(3));

        Settled.Steps.ShouldBe(["complete", "complete", "complete"]);
    }

    [Fact]
    public async Task Sessions_are_held_apart()
    {
        Takes = TimeSpan.FromMinutes(10);
        for (int number = 0; number < 4; number++)
        {
            await HandleAsync(Some.Envelope(number, new Partition(Lane.Live, number)));
        }

        Settled.Steps.ShouldAllBe(step => step == "complete");
    }
}
