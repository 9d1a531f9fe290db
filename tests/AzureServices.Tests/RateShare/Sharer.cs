using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using CustomerIoDestination.AzureServices.RateShare;
using CustomerIoDestination.Settings;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace CustomerIoDestination.AzureServices.Tests.RateShare;

/// <summary>One process that shares the rate, as the storage sees it.</summary>
internal sealed class Sharer : IAsyncDisposable
{
    private readonly Cut _cut = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _asking = Task.CompletedTask;

    public Sharer(string account, int seed)
    {
        BlobClientOptions options = SliceBlobs.Options;
        options.AddPolicy(_cut, HttpPipelinePosition.PerCall);
        Share = new LeasedRateShare(
            new SliceBlobs(new BlobServiceClient(account, options)),
            new DeliverySettings { RequestsPerSecond = 100 },
            TimeProvider.System,
            new Random(seed),
            new Logger<LeasedRateShare>(Logs()));
    }

    public LeasedRateShare Share { get; }

    public FakeLogCollector Log { get; } = new();

    public Task StartAsync() => Share.StartAsync(CancellationToken.None);

    /// <summary>Wants more than the whole rate from now on.</summary>
    public void AskForever() => _asking = AskUntilStoppedAsync();

    public async Task StopAskingAsync()
    {
        await _stop.CancelAsync();
        await _asking;
    }

    /// <summary>Its calls reach nothing any more.</summary>
    public void CutOff() => _cut.Failure = new Azure.RequestFailedException("no route to the account");

    /// <summary>Its calls fail in a way nobody expected.</summary>
    public void Break() => _cut.Failure = new InvalidOperationException("a bug");

    /// <summary>Its calls reach the storage again.</summary>
    public void Mend() => _cut.Failure = null;

    /// <summary>It ends without a word to the storage.</summary>
    public async Task KillAsync()
    {
        CutOff();
        await StopAskingAsync();
        await Share.StopAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAskingAsync();
        await Share.StopAsync(CancellationToken.None);
        Share.Dispose();
        _stop.Dispose();
    }

    private async Task AskUntilStoppedAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            for (int i = 0; i < 10; i++)
            {
                Share.Ask();
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }

    private ILoggerFactory Logs() => LoggerFactory.Create(logging => logging.AddProvider(new FakeLoggerProvider(Log)));

    private sealed class Cut : HttpPipelinePolicy
    {
        public Exception? Failure { get; set; }

        public override ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
            Failure is { } failure ? throw failure : ProcessNextAsync(message, pipeline);

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();
    }
}
