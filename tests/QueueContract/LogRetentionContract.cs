using CustomerIoDestination.Model;
using CustomerIoDestination.Suites;

namespace CustomerIoDestination.QueueContract;

/// <summary>How long every delivery log keeps what it was told; for implementations whose time a test can move.</summary>
public abstract class LogRetentionContract : QueueSuite<IQueueInFakeTime>
{
    [SuiteFact]
    public async Task A_line_of_the_log_is_kept_for_seven_days_and_no_longer()
    {
        EventEnvelope sent = Event(Live(1));
        await SendAsync(sent);
        await HandleNextAsync(Complete);

        await Subject.AdvanceAsync(TimeSpan.FromDays(6));
        EventStory? before = await Subject.Log.FindStoryAsync(sent.EventId, CancellationToken.None);
        await Subject.AdvanceAsync(TimeSpan.FromDays(2));

        before.ShouldNotBeNull();
        (await Subject.Log.FindStoryAsync(sent.EventId, CancellationToken.None)).ShouldBeNull();
    }
}
