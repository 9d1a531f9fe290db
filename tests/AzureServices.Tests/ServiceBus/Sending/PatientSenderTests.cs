using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Sending;
using CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;
using Moq;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Sending;

/// <summary>How long a request waits for a broker that is busy, with the client's answers scripted and time moved by hand.</summary>
public sealed class PatientSenderTests
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly CountingTime _time = new();
    private readonly Mock<ServiceBusSender> _client = new();
    private readonly List<int> _tooLarge = [];
    private int _batchHolds = 3;
    private int _sends;

    public PatientSenderTests() => _client.Setup(client => client.CreateMessageBatchAsync(It.IsAny<CancellationToken>())).ReturnsAsync(() =>
    {
        List<ServiceBusMessage> store = [];
        return ServiceBusModelFactory.ServiceBusMessageBatch(1_000, store, tryAddCallback: _ => store.Count < _batchHolds);
    });

    [Fact]
    public async Task A_busy_broker_is_tried_again_until_it_takes_them()
    {
        Sends(number => number <= 3 ? ServiceBusFailureReason.ServiceBusy : null);

        (await RunAsync(Messages(2))).ShouldBeNull();

        _sends.ShouldBe(4);
    }

    [Theory]
    [InlineData(ServiceBusFailureReason.ServiceBusy, "queue_busy")]
    [InlineData(ServiceBusFailureReason.ServiceTimeout, "queue_unreachable")]
    [InlineData(ServiceBusFailureReason.ServiceCommunicationProblem, "queue_unreachable")]
    public async Task A_broker_that_stays_so_is_given_up_after_25_seconds(ServiceBusFailureReason reason, string code)
    {
        Sends(_ => reason);
        long start = _time.GetTimestamp();

        SendFailure failure = (await RunAsync(Messages(1))).ShouldNotBeNull();

        failure.Code.ShouldBe(code);
        _time.GetElapsedTime(start).ShouldBeInRange(PatientSender.Budget, PatientSender.Budget + LongestPause);
        _sends.ShouldBeGreaterThan(5);
    }

    [Fact]
    public async Task A_broker_that_never_answers_is_given_up_after_25_seconds()
    {
        _client.Setup(client => client.SendMessagesAsync(It.IsAny<ServiceBusMessageBatch>(), It.IsAny<CancellationToken>()))
            .Returns((ServiceBusMessageBatch _, CancellationToken token) => Task.Delay(Timeout.InfiniteTimeSpan, token));

        Task<SendFailure?> sending = new PatientSender(_client.Object, _time).SendAsync(Messages(1), _tooLarge, CancellationToken.None);
        _time.Advance(PatientSender.Budget);

        (await sending).ShouldBe(SendFailure.Unreachable);
    }

    [Theory]
    [InlineData(ServiceBusFailureReason.QuotaExceeded, "queue_full")]
    [InlineData(ServiceBusFailureReason.MessagingEntityNotFound, "queue_refused")]
    public async Task A_failure_that_no_waiting_mends_is_told_after_one_send(ServiceBusFailureReason reason, string code)
    {
        Sends(_ => reason);

        (await RunAsync(Messages(1))).ShouldNotBeNull().Code.ShouldBe(code);

        _sends.ShouldBe(1);
    }

    [Fact]
    public async Task An_event_that_fits_no_batch_is_left_out()
    {
        _batchHolds = 0;

        (await RunAsync(Messages(2))).ShouldBeNull();

        _tooLarge.ShouldBe([0, 1]);
    }

    [Fact]
    public async Task A_batch_the_broker_finds_too_large_is_sent_one_by_one()
    {
        Sends(_ => ServiceBusFailureReason.MessageSizeExceeded);
        ServiceBusMessage?[] messages = Messages(3);
        List<ServiceBusMessage> alone = [];
        _client.Setup(client => client.SendMessageAsync(It.IsAny<ServiceBusMessage>(), It.IsAny<CancellationToken>()))
            .Returns((ServiceBusMessage message, CancellationToken _) =>
            {
                alone.Add(message);
                return alone.Count == 2 ? Task.FromException(new ServiceBusException("told", ServiceBusFailureReason.MessageSizeExceeded)) : Task.CompletedTask;
            });

        (await RunAsync(messages)).ShouldBeNull();

        alone.ShouldBe(messages);
        _tooLarge.ShouldBe([1]);
    }

    [Fact]
    public async Task All_batches_of_a_request_share_the_25_seconds()
    {
        _batchHolds = 1;
        Sends(number => number == 1 ? null : ServiceBusFailureReason.ServiceBusy);

        (await RunAsync(Messages(2))).ShouldBe(SendFailure.Busy);
    }

    private static ServiceBusMessage?[] Messages(int count) => [.. Enumerable.Range(0, count).Select(_ => new ServiceBusMessage())];

    private void Sends(Func<int, ServiceBusFailureReason?> failures) => _client
        .Setup(client => client.SendMessagesAsync(It.IsAny<ServiceBusMessageBatch>(), It.IsAny<CancellationToken>()))
        .Returns(() => failures(++_sends) is { } reason ? Task.FromException(new ServiceBusException("told", reason)) : Task.CompletedTask);

    /// <summary>Sends, and lets each pause between two tries pass as soon as it is begun.</summary>
    private async Task<SendFailure?> RunAsync(ServiceBusMessage?[] messages)
    {
        Task<SendFailure?> sending = new PatientSender(_client.Object, _time).SendAsync(messages, _tooLarge, CancellationToken.None);
        int budgetAndPauses = 1;
        while (!sending.IsCompleted)
        {
            if (_time.Waits > budgetAndPauses)
            {
                budgetAndPauses++;
                _time.Advance(LongestPause);
            }
            else
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1));
            }
        }

        return await sending;
    }
}
