using System.Text;
using CustomerIoDestination.HttpApi.Authentication;
using CustomerIoDestination.Ingest;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.People;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Preview;
using CustomerIoDestination.QueueContract;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Telemetry;
using CustomerIoDestination.Time;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.HttpApi.Tests.Support;

/// <summary>The HTTP side over fakes of its ports, in memory.</summary>
internal sealed class ApiHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ApiHost(WebApplication app) => _app = app;

    public required FakeQueue Queue { get; init; }

    public required FakeDeadLetters DeadLetters { get; init; }

    public required FakeDeliveryLog DeliveryLog { get; init; }

    public required FakeControl Control { get; init; }

    public required FakeCustomerIo CustomerIo { get; init; }

    public required FakeTimeProvider Time { get; init; }

    public required FakeLogCollector Logs { get; init; }

    public required HttpClient Client { get; init; }

    /// <summary>Whether the clock is believed.</summary>
    public SteadyClock Clock => _app.Services.GetRequiredService<SteadyClock>();

    /// <summary>The way a Functions app calls it.</summary>
    public DestinationApi Api => _app.Services.GetRequiredService<DestinationApi>();

    public static async Task<ApiHost> StartAsync(DestinationSettings? settings = null, KeylessPolicy keyless = KeylessPolicy.LoopbackOnly)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseTestServer();
        builder.Logging.AddFakeLogging();
        var queue = new FakeQueue();
        var deadLetters = new FakeDeadLetters();
        var log = new FakeDeliveryLog();
        var control = new FakeControl();
        var rules = RulesSource.Of(DestinationRules.None);
        var time = new FakeTimeProvider(Some.Now);
        builder.Services.AddRouting();
        settings ??= new DestinationSettings();
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddSingleton<IEventQueue>(queue);
        builder.Services.AddSingleton<IDeadLetterStore>(deadLetters);
        builder.Services.AddSingleton<IDeliveryLog>(log);
        builder.Services.AddSingleton<IDestinationControl>(control);
        builder.Services.AddSingleton(new Random(1));
        builder.Services.AddSingleton<EventCounters>();
        builder.Services.AddSingleton(rules);
        builder.Services.AddSingleton(new EnvelopeMapper(settings.Mapping, settings.Limits, rules));
        builder.Services.AddSingleton<DestinationMetrics>();
        builder.Services.AddSingleton<SteadyClock>();
        builder.Services.AddSingleton<EventIngester>();
        builder.Services.AddSingleton<EventPreview>();
        builder.Services.AddSingleton<IPersonStore>(new MemoryPersonStore());
        builder.Services.AddSingleton<PersonMemory>();
        FakeCustomerIo customerIo = new();
        builder.Services.AddSingleton(provider => new PersonForgetting(
            provider.GetRequiredService<PersonMemory>(),
            queue,
            deadLetters,
            customerIo.SendAsync,
            settings,
            provider.GetRequiredService<EventCounters>(),
            time,
            provider.GetRequiredService<ILogger<PersonForgetting>>()));
        builder.Services.AddDestinationHttpApi(keyless);

        WebApplication app = builder.Build();
        app.MapDestinationApi();
        await app.StartAsync();
        return new ApiHost(app)
        {
            Queue = queue,
            DeadLetters = deadLetters,
            DeliveryLog = log,
            Control = control,
            CustomerIo = customerIo,
            Time = time,
            Logs = app.Services.GetFakeLogCollector(),
            Client = app.GetTestClient(),
        };
    }

    /// <summary>Sends a request with these headers (<c>Name: value</c>).</summary>
    public Task<HttpResponseMessage> SendAsync(string method, string path, HttpContent? content, params string[] headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
        foreach (string header in headers)
        {
            string[] parts = header.Split(": ", 2);
            if (!request.Headers.TryAddWithoutValidation(parts[0], parts[1]))
            {
                request.Content!.Headers.TryAddWithoutValidation(parts[0], parts[1]);
            }
        }

        return Client.SendAsync(request);
    }

    public Task<HttpResponseMessage> GetAsync(string path, params string[] headers) => SendAsync("GET", path, content: null, headers);

    public Task<HttpResponseMessage> PostAsync(string path, string body, params string[] headers) =>
        SendAsync("POST", path, new ByteArrayContent(Encoding.UTF8.GetBytes(body)), headers);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
