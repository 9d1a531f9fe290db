using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;
using ServiceBusDouble.Tests.Support;

namespace ServiceBusDouble.Tests;

public sealed class SessionProcessorTests
{
    private const int Sessions = 64;
    private const int MessagesEach = 5;

    [Fact]
    public async Task Many_sessions_are_worked_on_at_once_each_in_order_and_by_one()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithSessions();
        await SendAsync(connected);
        ConcurrentDictionary<string, ConcurrentQueue<int>> handled = new();
        ConcurrentDictionary<string, int> inside = new();
        ConcurrentBag<Exception> failures = [];
        await using ServiceBusSessionProcessor one = Processor(connected.Client, failures, autoComplete: true);
        await using ServiceBusClient client = connected.Connect();
        await using ServiceBusSessionProcessor two = Processor(client, failures, autoComplete: true);
        one.ProcessMessageAsync += HandleAsync;
        two.ProcessMessageAsync += HandleAsync;

        await Task.WhenAll(one.StartProcessingAsync(), two.StartProcessingAsync());
        await Eventually.BecomesTrueAsync(() => connected.Queue.ActiveCount == 0);
        await Task.WhenAll(one.StopProcessingAsync(), two.StopProcessingAsync());

        handled.Count.ShouldBe(Sessions);
        handled.Values.ShouldAllBe(numbers => numbers.SequenceEqual(Enumerable.Range(0, MessagesEach)));
        failures.ShouldBeEmpty();

        async Task HandleAsync(ProcessSessionMessageEventArgs args)
        {
            inside.AddOrUpdate(args.SessionId, 1, (_, count) => count + 1).ShouldBe(1);
            handled.GetOrAdd(args.SessionId, _ => []).Enqueue(int.Parse(args.Message.Body.ToString(), provider: null));
            await Task.Yield();
            inside[args.SessionId] = 0;
        }
    }

    [Fact]
    public async Task A_released_session_goes_to_a_waiting_processor_and_counts_no_delivery()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithSessions();
        await connected.Sender.SendMessageAsync(Some.Message(session: "s-1"));
        ConcurrentQueue<int> deliveries = new();
        await using ServiceBusSessionProcessor processor = Processor(connected.Client, []);
        processor.ProcessMessageAsync += async args =>
        {
            deliveries.Enqueue(args.Message.DeliveryCount);
            if (deliveries.Count < 3)
            {
                args.ReleaseSession();
                return;
            }

            await args.CompleteMessageAsync(args.Message);
        };

        await processor.StartProcessingAsync();
        await Eventually.BecomesTrueAsync(() => connected.Queue.ActiveCount == 0);

        deliveries.ShouldBe([1, 1, 1]);
    }

    [Fact]
    public async Task A_processor_comes_back_after_its_connection_was_cut()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithSessions();
        await using ServiceBusClient client = connected.Connect(retries: 3);
        ConcurrentQueue<string> handled = new();
        await using ServiceBusSessionProcessor processor = Processor(client, [], autoComplete: true);
        processor.ProcessMessageAsync += args =>
        {
            handled.Enqueue(args.Message.Body.ToString());
            return Task.CompletedTask;
        };
        await processor.StartProcessingAsync();
        await connected.Sender.SendMessageAsync(Some.Message("before", session: "s-1"));
        await Eventually.BecomesTrueAsync(() => connected.Queue.ActiveCount == 0);

        connected.Broker.CutConnections();
        await using ServiceBusClient other = connected.Connect(retries: 3);
        await other.CreateSender(ConnectedBroker.QueueName).SendMessageAsync(Some.Message("after", session: "s-1"));
        await Eventually.BecomesTrueAsync(() => connected.Queue.ActiveCount == 0);

        handled.ShouldBe(["before", "after"]);
    }

    private static async Task SendAsync(ConnectedBroker connected)
    {
        for (int number = 0; number < MessagesEach; number++)
        {
            await connected.Sender.SendMessagesAsync(Enumerable.Range(0, Sessions).Select(session => Some.Message($"{number}", session: $"s-{session}")));
        }
    }

    private static ServiceBusSessionProcessor Processor(ServiceBusClient client, ConcurrentBag<Exception> failures, bool autoComplete = false)
    {
        ServiceBusSessionProcessor processor = client.CreateSessionProcessor(ConnectedBroker.QueueName, new ServiceBusSessionProcessorOptions
        {
            MaxConcurrentSessions = Sessions / 2,
            MaxConcurrentCallsPerSession = 1,
            AutoCompleteMessages = autoComplete,
            SessionIdleTimeout = TimeSpan.FromMilliseconds(200),
        });
        processor.ProcessErrorAsync += args =>
        {
            failures.Add(args.Exception);
            return Task.CompletedTask;
        };
        return processor;
    }
}
