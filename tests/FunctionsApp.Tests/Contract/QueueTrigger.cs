using System.Globalization;
using System.Text.Json.Nodes;
using Azure.Messaging.ServiceBus;
using CustomerIoDestination.FunctionsApp.Tests.Support;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;

namespace CustomerIoDestination.FunctionsApp.Tests.Contract;

/// <summary>Hands the queue's messages to the queue function as the Functions host does: by a session processor with the values of host.json.</summary>
internal sealed class QueueTrigger : IAsyncDisposable
{
    private readonly ServiceBusClient _client;
    private readonly ServiceBusSessionProcessor _processor;

    private QueueTrigger(ServiceBusClient client, ServiceBusSessionProcessor processor)
    {
        _client = client;
        _processor = processor;
    }

    public static async Task<QueueTrigger> StartAsync(IServiceProvider services, Function function, IConfiguration settings)
    {
        ServiceBusTriggerAttribute trigger = function.Trigger<ServiceBusTriggerAttribute>()!;
        ServiceBusClient client = new(settings[trigger.Connection!]);
        ServiceBusSessionProcessor processor = client.CreateSessionProcessor(settings[trigger.QueueName!.Trim('%')], OptionsOf(trigger));
        processor.ProcessMessageAsync += args =>
            function.RunAsync(services, args.Message, new ProcessorMessageActions(args), new ProcessorSessionActions(args), args.CancellationToken);

        // Told by the processor again and again; what matters is what becomes of the messages.
        processor.ProcessErrorAsync += _ => Task.CompletedTask;
        await processor.StartProcessingAsync();
        return new QueueTrigger(client, processor);
    }

    public async ValueTask DisposeAsync()
    {
        await _processor.DisposeAsync();
        await _client.DisposeAsync();
    }

    private static ServiceBusSessionProcessorOptions OptionsOf(ServiceBusTriggerAttribute trigger)
    {
        JsonNode values = Repository.Json("host.json")["extensions"]!["serviceBus"]!;
        return new ServiceBusSessionProcessorOptions
        {
            AutoCompleteMessages = trigger.AutoCompleteMessages,
            PrefetchCount = values["prefetchCount"]!.GetValue<int>(),
            MaxConcurrentSessions = values["maxConcurrentSessions"]!.GetValue<int>(),
            MaxConcurrentCallsPerSession = values["maxConcurrentCallsPerSession"]!.GetValue<int>(),
            SessionIdleTimeout = Duration(values["sessionIdleTimeout"]!),
            MaxAutoLockRenewalDuration = Duration(values["maxAutoLockRenewalDuration"]!),
        };
    }

    private static TimeSpan Duration(JsonNode text) => TimeSpan.Parse(text.GetValue<string>(), CultureInfo.InvariantCulture);
}
