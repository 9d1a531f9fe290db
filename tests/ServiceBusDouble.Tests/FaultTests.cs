using Azure.Messaging.ServiceBus;
using ServiceBusDouble.Faults;
using ServiceBusDouble.Tests.Support;

namespace ServiceBusDouble.Tests;

public sealed class FaultTests
{
    /// <summary>A client whose link goes reports GeneralError or ServiceCommunicationProblem, by how far it has got in closing its side.</summary>
    private static readonly ServiceBusFailureReason[] LinkGone = [ServiceBusFailureReason.GeneralError, ServiceBusFailureReason.ServiceCommunicationProblem];

    public static TheoryData<SendFault, ServiceBusFailureReason[], bool> Refusals => new()
    {
        { new SendFault.ServerBusy(), [ServiceBusFailureReason.ServiceBusy], true },
        { new SendFault.QuotaExceeded(), [ServiceBusFailureReason.QuotaExceeded], false },
        { new SendFault.LinkDetached(), LinkGone, true },
        { new SendFault.ConnectionCut(), LinkGone, true },
        { new SendFault.AnswerLost(), LinkGone, true },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task The_client_reports_each_fault_by_its_reason_and_the_next_send_works(SendFault fault, ServiceBusFailureReason[] reasons, bool transient)
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions();
        await connected.Sender.SendMessageAsync(Some.Message("before"));
        connected.Queue.FailSends(fault);

        ServiceBusException failure = await Should.ThrowAsync<ServiceBusException>(() => connected.Sender.SendMessageAsync(Some.Message("failed")));
        await using ServiceBusClient next = connected.Connect();
        await next.CreateSender(ConnectedBroker.QueueName).SendMessageAsync(Some.Message("after"));

        reasons.ShouldContain(failure.Reason);
        failure.IsTransient.ShouldBe(transient);
        connected.Queue.Messages.Select(message => message.BodyText).ShouldBe(fault is SendFault.AnswerLost ? ["before", "failed", "after"] : ["before", "after"]);
    }

    [Fact]
    public async Task Faults_happen_as_often_as_asked_and_in_order()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions();
        connected.Queue.FailSends(new SendFault.QuotaExceeded(), times: 2);
        connected.Queue.FailSends(new SendFault.LinkDetached());

        List<ServiceBusFailureReason> reasons = [];
        for (int i = 0; i < 3; i++)
        {
            reasons.Add((await Should.ThrowAsync<ServiceBusException>(() => connected.Sender.SendMessageAsync(Some.Message()))).Reason);
        }

        await connected.Sender.SendMessageAsync(Some.Message());

        reasons[..2].ShouldBe([ServiceBusFailureReason.QuotaExceeded, ServiceBusFailureReason.QuotaExceeded]);
        LinkGone.ShouldContain(reasons[2]);
        connected.Queue.ActiveCount.ShouldBe(1);
    }

    [Fact]
    public async Task Faults_can_be_taken_back()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions();
        connected.Queue.FailSends(new SendFault.ServerBusy(), times: 100);

        connected.Queue.ClearFaults();
        await connected.Sender.SendMessageAsync(Some.Message());

        connected.Queue.ActiveCount.ShouldBe(1);
    }

    [Fact]
    public async Task A_slow_broker_answers_after_the_delay_and_has_the_message_meanwhile()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions();
        connected.Queue.FailSends(new SendFault.Slow(TimeSpan.FromSeconds(1)));

        Task sending = connected.Sender.SendMessageAsync(Some.Message());
        await Eventually.BecomesTrueAsync(() => connected.Queue.ActiveCount == 1);
        bool answered = sending.IsCompleted;
        await sending;

        answered.ShouldBeFalse();
    }

    [Fact]
    public async Task A_client_that_gives_up_on_a_slow_broker_reports_a_timeout()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions();
        await using ServiceBusClient impatient = connected.Connect(tryTimeout: TimeSpan.FromSeconds(1));
        connected.Queue.FailSends(new SendFault.Slow(TimeSpan.FromMinutes(1)));

        ServiceBusException failure = await Should.ThrowAsync<ServiceBusException>(
            () => impatient.CreateSender(ConnectedBroker.QueueName).SendMessageAsync(Some.Message()));

        failure.Reason.ShouldBe(ServiceBusFailureReason.ServiceTimeout);
    }

    [Fact]
    public async Task A_client_that_sends_again_after_a_lost_answer_is_met_by_duplicate_detection()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions(definition => definition with { DuplicateDetectionWindow = TimeSpan.FromMinutes(10) });
        await using ServiceBusClient persistent = connected.Connect(retries: 3);
        connected.Queue.FailSends(new SendFault.AnswerLost(), times: 2);

        await persistent.CreateSender(ConnectedBroker.QueueName).SendMessageAsync(Some.Message(id: "m-1"));

        connected.Queue.ActiveCount.ShouldBe(1);
    }

    [Fact]
    public async Task Detached_receivers_lose_their_session_and_can_accept_it_again()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithSessions();
        await connected.Sender.SendMessageAsync(Some.Message(session: "s-1"));
        ServiceBusSessionReceiver first = await connected.Client.AcceptNextSessionAsync(ConnectedBroker.QueueName);
        ServiceBusReceivedMessage held = await first.ReceiveMessageAsync(ConnectedBroker.Patience);

        connected.Queue.DetachReceivers();
        await LostSession.ShouldBeReportedByAsync(() => first.CompleteMessageAsync(held));
        ServiceBusSessionReceiver second = await connected.Client.AcceptNextSessionAsync(ConnectedBroker.QueueName);

        (await second.ReceiveMessageAsync(ConnectedBroker.Patience)).DeliveryCount.ShouldBe(1);
    }
}
