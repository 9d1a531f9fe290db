using System.CommandLine;
using ServiceBusDouble;

Option<int> port = new("--port") { Description = "Port on 127.0.0.1; 0 takes any free one.", DefaultValueFactory = _ => 5672 };
Option<string[]> queues = new("--queue") { Description = "A queue with sessions; may be given several times.", Required = true };
Option<TimeSpan> lockDuration = new("--lock-duration") { Description = "How long a lock lasts.", DefaultValueFactory = _ => TimeSpan.FromMinutes(1) };
Option<int> maxDeliveryCount = new("--max-delivery-count") { Description = "Failed deliveries before a message is dead-lettered.", DefaultValueFactory = _ => 100 };
RootCommand command = new("A stand-in for an Azure Service Bus namespace, in memory.") { port, queues, lockDuration, maxDeliveryCount };
command.SetAction(async (arguments, cancellationToken) =>
{
    IEnumerable<QueueDefinition> definitions = arguments.GetRequiredValue(queues).Select(name => QueueDefinition.AsInAzure(name) with
    {
        LockDuration = arguments.GetValue(lockDuration),
        MaxDeliveryCount = arguments.GetValue(maxDeliveryCount),
    });
    await using BrokerDouble broker = BrokerDouble.Start(definitions, TimeProvider.System, arguments.GetValue(port));
    Console.WriteLine(broker.ConnectionString);
    try
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
    }
    catch (OperationCanceledException)
    {
        // Ctrl+C is how it ends.
    }
});
return await command.Parse(args).InvokeAsync();
