using System.Runtime.CompilerServices;
using CustomerIoDestination.HttpApi;
using CustomerIoDestination.HttpApi.Authentication;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using CustomerIoDestination.SqliteQueue.Storage;
using Microsoft.AspNetCore.Connections;
using TrackApiSandbox;

namespace CustomerIoDestination.LocalHost;

/// <summary>
/// The whole product in one process: the HTTP API, the queue (in a file, or on Service Bus), delivery, and, unless a workspace is configured, a sandbox of
/// Customer.io to deliver to.
/// </summary>
public sealed class LocalHostApp : IAsyncDisposable
{
    /// <summary>How long a stop takes at most: long enough for a request in flight to end and its event to be settled.</summary>
    public static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(30);

    // Settings are read at the start. A watch for changed ones covers the working directory with all below it, and the queue lies there: each of its writes
    // would wake the watch.
    private const string KeepSettings = "--hostBuilder:reloadConfigOnChange=false";

    private readonly WebApplication _app;

    private LocalHostApp(WebApplication app, DestinationSettings settings, SandboxServer? sandbox)
    {
        _app = app;
        Settings = settings;
        Sandbox = sandbox;
    }

    /// <summary>The settings in force.</summary>
    public DestinationSettings Settings { get; }

    /// <summary>The sandbox events are delivered to; null when a workspace is configured.</summary>
    public SandboxServer? Sandbox { get; }

    /// <summary>Where the HTTP API and the page listen.</summary>
    public Uri BaseAddress => new(_app.Urls.First());

    /// <summary>The services, for tests and benchmarks.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Reads the settings, starts everything, and answers when it takes events.</summary>
    /// <param name="args">Settings on the command line, for instance <c>--Delivery:RequestsPerSecond=50</c>.</param>
    /// <param name="cancellationToken">Gives the start up.</param>
    /// <exception cref="StartRefusedException">A setting or rule is wrong, a port is in use, or the queue's file can't be used.</exception>
    public static Task<LocalHostApp> StartAsync(string[] args, CancellationToken cancellationToken) =>
        StartAsync(args, TimeProvider.System, cancellationToken);

    /// <summary>The same on another clock, the sandbox's too.</summary>
    internal static async Task<LocalHostApp> StartAsync(
        string[] args,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        StartSettings.EnsureMemory(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        WebApplicationBuilder builder = CreateBuilder(args);
        builder.Services.AddSingleton(time);
        DestinationSettings settings = StartSettings.Read(builder.Configuration);
        RulesSource rules = StartSettings.OpenRules(settings);
        Uri[] addresses = ListenAddresses.Read(builder.Configuration, settings);
        ListenAddresses.EnsureFree(addresses);
        SandboxServer? sandbox = await SandboxStart.StartAsync(settings, addresses, time, cancellationToken);
        try
        {
            // What the framework has to say of a start that fails is in the refusal.
            var started = new StrongBox<bool>();
            builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => started.Value && level >= LogLevel.Warning);
            WebApplication app = Build(builder, settings, rules, addresses, sandbox);
            await StartAsync(app, addresses, cancellationToken);
            started.Value = true;
            return new LocalHostApp(app, settings, sandbox);
        }
        catch
        {
            if (sandbox is not null)
            {
                await sandbox.DisposeAsync();
            }

            throw;
        }
    }

    private static WebApplicationBuilder CreateBuilder(string[] args)
    {
        try
        {
            return WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [KeepSettings, .. args] });
        }
        catch (InvalidDataException unreadable)
        {
            throw new StartRefusedException($"{unreadable.Message} It {SettingsReader.WhyUnreadable(unreadable)}.", unreadable);
        }
    }

    /// <summary>Ends with Ctrl+C or SIGTERM. Nothing has stopped yet then.</summary>
    public async Task WaitForStopSignalAsync()
    {
        var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = _app.Lifetime.ApplicationStopping.Register(signal.SetResult);
        await signal.Task;
    }

    /// <summary>Lets requests on the wire end and their events be settled, and takes nothing new. What the queue holds afterwards is sent after the next start.</summary>
    /// <returns>What the queue holds; null when it can't be asked.</returns>
    public async Task<QueueStatus?> StopAsync()
    {
        await _app.StopAsync();
        return await ReadQueueAsync();
    }

    /// <summary>What the queue holds now; null when it can't be asked.</summary>
    public async Task<QueueStatus?> ReadQueueAsync()
    {
        try
        {
            return await Services.GetRequiredService<IEventQueue>().GetStatusAsync(CancellationToken.None);
        }
#pragma warning disable CA1031 // Only for a sentence: a queue that can't be asked must not disturb the stop.
        catch (Exception)
#pragma warning restore CA1031
        {
            return null;
        }
    }

    /// <summary>Drains and stops everything.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (Sandbox is not null)
        {
            await Sandbox.DisposeAsync();
        }
    }

    private static WebApplication Build(
        WebApplicationBuilder builder,
        DestinationSettings settings,
        RulesSource rules,
        Uri[] addresses,
        SandboxServer? sandbox)
    {
        builder.WebHost.UseUrls([.. addresses.Select(address => address.ToString())]);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Polly", LogLevel.Warning);
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = DrainTime);
        builder.Services.AddQueue(settings).AddShared(settings);
        builder.Services.AddCustomerIoDestination(settings, rules, sandbox is null ? null : SandboxStart.Workspace(settings, sandbox));
        builder.Services.AddHostedService<RulesFileWatch>();
        builder.Services.AddDelivery(settings);
        builder.Services.AddDestinationHttpApi(KeylessPolicy.LoopbackOnly, deliversToSandbox: sandbox is not null);
        return builder.Build();
    }

    private static async Task StartAsync(WebApplication app, Uri[] addresses, CancellationToken cancellationToken)
    {
        try
        {
            // Opens the queue, which may be what is wrong.
            app.MapDestinationApi();
            await app.StartAsync(cancellationToken);
        }
        catch (Exception failure)
        {
            await app.DisposeAsync();
            throw failure switch
            {
                QueueFileException file => new StartRefusedException(file.Message, file),
                IOException { InnerException: AddressInUseException } or AddressInUseException =>
                    ListenAddresses.InUse(addresses, failure),
                _ => new StartRefusedException($"The host could not start: {failure.Message}", failure),
            };
        }
    }
}
