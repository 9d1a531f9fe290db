using System.Text;
using CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using ServiceBusDouble.Faults;
using ServiceBusDouble.Inspection;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Sending;

/// <summary>The queue over the real client and a broker that fails on demand.</summary>
public sealed class EnqueueTests : BrokerTests
{
    public EnqueueTests()
        : base(new ServiceBusQueueUnderTest())
    {
    }

    [Fact]
    public async Task Events_of_many_partitions_go_in_their_order()
    {
        EventEnvelope[] sent = [.. Enumerable.Range(0, 500).Select(number => Some.Envelope(number, new Partition(Lane.Live, number % 64)))];

        (await SendAsync(sent)).ShouldBe(EnqueueResult.Enqueued.All);

        Subject.Double.Messages.Select(message => message.MessageId).ShouldBe(sent.Select(envelope => envelope.MessageId));
    }

    [Fact]
    public async Task Events_that_fill_several_batches_all_arrive()
    {
        byte[] body = Encoding.ASCII.GetBytes(new string('x', 100_000));
        EventEnvelope[] sent = [.. Enumerable.Range(0, 7).Select(number => Some.Envelope(number) with { Body = body })];

        (await SendAsync(sent)).ShouldBe(EnqueueResult.Enqueued.All);

        Subject.Double.Messages.Select(message => message.MessageId).ShouldBe(sent.Select(envelope => envelope.MessageId));
    }

    [Fact]
    public async Task An_event_that_no_message_can_hold_is_told_by_its_index()
    {
        await using ServiceBusQueueUnderTest small = new(definition => definition with { MaxMessageSize = 20_000 });
        EventEnvelope large = Some.Envelope(2) with { Body = new byte[19_990] };

        EnqueueResult result = await small.Queue.EnqueueAsync([Some.Envelope(1), large, Some.Envelope(3), large], CancellationToken.None);

        result.ShouldBeOfType<EnqueueResult.Enqueued>().TooLarge.ShouldBe([1, 3]);
        small.Double.ActiveCount.ShouldBe(2);
    }

    [Fact]
    public async Task Nothing_to_send_is_sent_at_once() => (await SendAsync()).ShouldBe(EnqueueResult.Enqueued.All);

    [Fact]
    public async Task A_full_queue_takes_nothing_and_says_when_to_come_back()
    {
        Subject.Double.FailSends(new SendFault.QuotaExceeded());

        EnqueueResult.Unavailable full = (await SendAsync(Some.Envelope())).ShouldBeOfType<EnqueueResult.Unavailable>();

        full.ShouldBe(new EnqueueResult.Unavailable("queue_full", TimeSpan.FromMinutes(1)));
        (await Subject.Queue.GetStatusAsync(CancellationToken.None))!.CanEnqueue.ShouldBeFalse();
        (await SendAsync(Some.Envelope())).ShouldBe(EnqueueResult.Enqueued.All);
        (await Subject.Queue.GetStatusAsync(CancellationToken.None))!.CanEnqueue.ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task A_broken_connection_is_made_again(SendFault fault)
    {
        Subject.Double.FailSends(fault);

        (await SendAsync(Some.Envelope())).ShouldBe(EnqueueResult.Enqueued.All);

        Subject.Double.ActiveCount.ShouldBe(1);
    }

    public static TheoryData<SendFault> Breaks =>
        [new SendFault.LinkDetached(), new SendFault.ConnectionCut(), new SendFault.AnswerLost(), new SendFault.Slow(TimeSpan.FromMilliseconds(50))];

    [Fact]
    public async Task A_request_that_failed_half_way_can_be_sent_again_and_nothing_comes_twice()
    {
        byte[] body = Encoding.ASCII.GetBytes(new string('x', 100_000));
        EventEnvelope[] sent = [.. Enumerable.Range(0, 4).Select(number => Some.Envelope(number) with { Body = body })];
        Subject.Double.FailSends(new SendFault.Slow(TimeSpan.Zero));
        Subject.Double.FailSends(new SendFault.QuotaExceeded());

        (await SendAsync(sent)).ShouldBeOfType<EnqueueResult.Unavailable>();
        Subject.Double.ActiveCount.ShouldBeInRange(1, 3);
        (await SendAsync(sent)).ShouldBe(EnqueueResult.Enqueued.All);

        Subject.Double.Messages.Select(message => message.MessageId).ShouldBe(sent.Select(envelope => envelope.MessageId));
    }

    [Fact]
    public async Task A_caller_who_leaves_ends_the_wait()
    {
        using CancellationTokenSource caller = new();
        Subject.Double.FailSends(new SendFault.Slow(TimeSpan.FromMinutes(1)));
        Task<EnqueueResult> sending = Subject.Queue.EnqueueAsync([Some.Envelope()], caller.Token);
        await Eventually.BecomesTrueAsync(() => Subject.Double.ActiveCount == 1);

        await caller.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => sending);
    }

    [Fact]
    public async Task The_message_lies_there_with_its_facts_beside_it()
    {
        await SendAsync(Some.Envelope());

        BrokerMessage message = Subject.Double.Messages.ShouldHaveSingleItem();
        message.BodyText.ShouldBe("""{"type":"track","event":"Signed Up"}""");
        message.SessionId.ShouldBe("l-07");
        message.ApplicationProperties["kind"].ShouldBe("track");
    }

    private Task<EnqueueResult> SendAsync(params EventEnvelope[] envelopes) => Subject.Queue.EnqueueAsync(envelopes, CancellationToken.None);
}
