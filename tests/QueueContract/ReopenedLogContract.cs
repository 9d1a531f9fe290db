using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Suites;

namespace CustomerIoDestination.QueueContract;

/// <summary>What every delivery log must still know after its process ended; for implementations that a test can close and open again.</summary>
public abstract class ReopenedLogContract : QueueSuite<IReopenableQueue>
{
    [SuiteFact]
    public async Task The_log_is_as_it_was()
    {
        EventEnvelope[] sent = await SendAsync(Event(Live(1)), Event(Live(1)));
        await HandleNextAsync(DeadLetter());
        DeliveryLogPage page = await ListAsync();
        EventStory? waiting = await Subject.Log.FindStoryAsync(sent[1].EventId, CancellationToken.None);

        await Subject.ReopenAsync();

        page.Items.ShouldHaveSingleItem();
        (await ListAsync()).Items.ShouldBe(page.Items);
        (await Subject.Log.FindStoryAsync(sent[1].EventId, CancellationToken.None))!.Steps.ShouldBe(waiting!.Steps);
    }

    private Task<DeliveryLogPage> ListAsync() => Subject.Log.ListAsync(new DeliveryLogQuery(10, null, null, null), CancellationToken.None);
}
