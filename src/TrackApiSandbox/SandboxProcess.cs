namespace TrackApiSandbox;

/// <summary>Runs one <see cref="SandboxServer"/> for as long as the program lives.</summary>
internal sealed partial class SandboxProcess(SandboxOptions options, TimeProvider time, ILogger<SandboxProcess> logger) : IHostedService
{
    private SandboxServer? _server;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _server = await SandboxServer.StartAsync(options, time, cancellationToken);
        Log.Listening(logger, _server.BaseAddress);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "The Track API sandbox listens on {Address}. What it knows: {Address}sandbox/state.")]
        public static partial void Listening(ILogger logger, Uri address);
    }
}
