using CustomerIoDestination.AzureServices.DeliveryLog;
using CustomerIoDestination.Delivery;
using CustomerIoDestination.Ingest;
using CustomerIoDestination.Queueing;
using Microsoft.Extensions.Logging.Testing;

namespace CustomerIoDestination.AzureServices.Tests.DeliveryLog;

public sealed class LogBufferTests
{
    [Fact]
    public void When_storage_takes_nothing_the_oldest_lines_go_and_that_is_said()
    {
        FakeLogger<LogBuffer> log = new();
        LogBuffer buffer = new(log);
        buffer.Add([.. Enumerable.Range(0, LogBuffer.MaxLines + 3).Select(Line)]);

        buffer.Take(1).ShouldHaveSingleItem().Attempts.ShouldBe(3);

        log.LatestRecord.Message.ShouldStartWith("3 lines of the delivery log were lost");
    }

    private static DeliveryLogEntry Line(int number) => new()
    {
        At = DateTimeOffset.UnixEpoch,
        EventId = "01",
        Kind = EventKind.Track,
        Lane = Lane.Live,
        Step = EventStep.Delivery,
        Outcome = AttemptOutcome.Delivered,
        Attempts = number,
    };
}
