using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;
using CustomerIoDestination.SqliteQueue.Storage;
using CustomerIoDestination.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.SqliteQueue;

/// <summary>Wires the embedded queue.</summary>
public static class SqliteQueueRegistration
{
    /// <summary>
    /// Adds the queue, its receiver, the dead letters, the delivery log and what is remembered of people over one file. Needs <see cref="QueueSettings"/> and
    /// <see cref="DeadLetterSettings"/> as singletons. The file is opened when the host starts, so that a
    /// <see cref="QueueFileException"/> stops the start, and closed when the host is disposed: register it before the hosted services that use it.
    /// </summary>
    public static IServiceCollection AddSqliteQueue(this IServiceCollection services)
    {
        services.AddSingleton<IEventQueue, SqliteEventQueue>();
        services.AddSingleton<IEventReceiver, SqliteEventReceiver>();
        services.AddSingleton<IDeadLetterStore, SqliteDeadLetterStore>();
        return services.AddSqliteDeliveryLog();
    }

    /// <summary>Adds the delivery log and what is remembered of people, for a host whose queue is elsewhere; else as <see cref="AddSqliteQueue"/>.</summary>
    public static IServiceCollection AddSqliteDeliveryLog(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<SteadyClock>();
        services.AddSingleton(provider => QueueFile.Open(
            provider.GetRequiredService<QueueSettings>(),
            provider.GetRequiredService<DeadLetterSettings>(),
            provider.GetRequiredService<SteadyClock>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<QueueFile>>()));
        services.AddSingleton<IDeliveryLog, SqliteDeliveryLog>();
        services.AddSingleton<IPersonStore, SqlitePersonStore>();
        services.AddHostedService<OpenAtStart>();
        return services;
    }

    /// <summary>Asks for the file when the host starts.</summary>
    private sealed class OpenAtStart(IServiceProvider services) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            _ = services.GetRequiredService<QueueFile>();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
