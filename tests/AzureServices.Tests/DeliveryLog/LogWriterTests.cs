using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using CustomerIoDestination.AzureServices.DeliveryLog;
using CustomerIoDestination.AzureServices.Tables;
using CustomerIoDestination.AzureServices.Tests.Support;
using CustomerIoDestination.Model;
using CustomerIoDestination.Telemetry;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.AzureServices.Tests.DeliveryLog;

/// <summary>How lines get to storage, and what becomes of them when the process ends.</summary>
public sealed class LogWriterTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddDays(20_000));
    private readonly Line _line = new();
    private readonly FakeLogger<LogBuffer> _log = new();
    private readonly FakeLogger<LogWriter> _failures = new();
    private readonly LogBuffer _buffer;

    public LogWriterTests() => _buffer = SomeLog.Buffer(_time, log: _log);

    [AzuriteFact]
    public async Task Partitions_are_written_at_once_and_not_one_after_the_other()
    {
        using LogWriter writer = await WriterAsync();
        _line.Holds = 4;
        _buffer.Add([.. Enumerable.Range(0, 32).Select(Entry)]);

        await writer.StopAsync(CancellationToken.None);

        _line.Most.ShouldBeGreaterThanOrEqualTo(4);
        _log.Collector.Count.ShouldBe(0);
    }

    [AzuriteFact]
    public async Task A_full_batch_is_followed_by_the_next_without_a_pause()
    {
        using LogWriter writer = await WriterAsync();
        _buffer.Add([.. Enumerable.Range(0, LogWriter.MaxLines + 1).Select(Entry)]);
        await writer.StartAsync(CancellationToken.None);

        await Eventually.BecomesTrueAsync(() =>
        {
            // The one pause there is, before the first batch.
            if (_line.Sent == 0)
            {
                _time.Advance(TimeSpan.FromSeconds(1));
            }

            _failures.Collector.Count.ShouldBe(0);
            return _line.Lines == LogWriter.MaxLines + 1;
        });
        await writer.StopAsync(CancellationToken.None);
    }

    [AzuriteFact]
    public async Task At_the_stop_the_batch_that_storage_did_not_take_before_is_written()
    {
        using MetricCollector<long> lost = Lost();
        using LogWriter writer = await WriterAsync();
        _line.IsCut = true;
        _buffer.Add([Entry(1), Entry(2)]);
        await writer.StartAsync(CancellationToken.None);
        await Eventually.BecomesTrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return _line.Refused > 0;
        });
        _buffer.Add([Entry(3)]);

        _line.IsCut = false;
        await writer.StopAsync(CancellationToken.None);

        _line.Lines.ShouldBe(3);
        lost.GetMeasurementSnapshot().ShouldBeEmpty();
    }

    [AzuriteFact]
    public async Task Lines_that_storage_does_not_take_at_the_stop_are_counted_and_told()
    {
        using MetricCollector<long> lost = Lost();
        using LogWriter writer = await WriterAsync();
        _line.IsCut = true;
        _buffer.Add([Entry(1), Entry(2)]);
        await writer.StartAsync(CancellationToken.None);
        await Eventually.BecomesTrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return _line.Refused > 0;
        });
        _buffer.Add([.. Enumerable.Range(3, LogWriter.MaxLines).Select(Entry)]);

        await writer.StopAsync(CancellationToken.None);

        lost.GetMeasurementSnapshot().EvaluateAsCounter().ShouldBe(LogWriter.MaxLines + 2);
        _log.LatestRecord.Message.ShouldStartWith($"{LogWriter.MaxLines + 2} lines of the delivery log were lost");
    }

    [Fact]
    public async Task A_storage_that_says_nothing_holds_up_the_stop_for_ten_seconds_at_most()
    {
        using DeafServer deaf = new();
        using MetricCollector<long> lost = Lost();
        using LogWriter writer = Writer(deaf.ConnectionString);
        _buffer.Add([Entry(1)]);
        DateTimeOffset start = _time.GetUtcNow();

        Task stopping = writer.StopAsync(CancellationToken.None);
        await Eventually.BecomesTrueAsync(() =>
        {
            if (_time.GetUtcNow() - start < LogWriter.StopPatience)
            {
                _time.Advance(TimeSpan.FromSeconds(1));
            }

            return stopping.IsCompleted;
        });

        await stopping;
        lost.GetMeasurementSnapshot().EvaluateAsCounter().ShouldBe(1);
    }

    [AzuriteFact]
    public async Task A_line_that_storage_finds_wrong_is_given_up_and_holds_up_no_other()
    {
        using MetricCollector<long> lost = Lost();
        using LogWriter writer = await WriterAsync();
        _buffer.Add([Entry(1) with { EventId = "no/key" }]);
        await writer.StopAsync(CancellationToken.None);
        _buffer.Add([Entry(2)]);

        await writer.StopAsync(CancellationToken.None);

        lost.GetMeasurementSnapshot().EvaluateAsCounter().ShouldBe(1);
        _line.Lines.ShouldBe(1);
    }

    public void Dispose() => _line.Dispose();

    private static MetricCollector<long> Lost() => new(SomeLog.Meters, DestinationTracing.Name, "destination.delivery_log.lost");

    // Steps that no list shows have one row each.
    private static DeliveryLogEntry Entry(int number) =>
        SomeLog.Line(number) with { Step = EventStep.Queued, Outcome = null, EventId = number.ToString("D26", System.Globalization.CultureInfo.InvariantCulture) };

    private async Task<LogWriter> WriterAsync() => Writer(await Azurite.NewAccountAsync());

    private LogWriter Writer(string account)
    {
        TableClientOptions options = TableAccess.Options;
        options.Retry.MaxRetries = 0;
        options.AddPolicy(_line, HttpPipelinePosition.PerCall);
        TableAccess access = new(_time);
        return new LogWriter(new DayTables(new TableServiceClient(account, options), access, _time), access, _buffer, _time, _failures);
    }

    /// <summary>The way to storage, which sees what is sent on it, can be cut, and can hold what is sent until so much is under way.</summary>
    private sealed class Line : HttpPipelinePolicy, IDisposable
    {
        private readonly TaskCompletionSource _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _underWay;
        private int _most;
        private int _sent;
        private int _lines;
        private int _refused;

        public bool IsCut { get; set; }

        public int Holds { get; set; } = 1;

        public int Most => Volatile.Read(ref _most);

        public int Sent => Volatile.Read(ref _sent);

        public int Refused => Volatile.Read(ref _refused);

        /// <summary>Rows that storage took.</summary>
        public int Lines => Volatile.Read(ref _lines);

        public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            if (IsCut)
            {
                Interlocked.Increment(ref _refused);
                throw new Azure.RequestFailedException("no route to the account");
            }

            Interlocked.Increment(ref _sent);
            if (!message.Request.Uri.Path.EndsWith("$batch", StringComparison.Ordinal))
            {
                await ProcessNextAsync(message, pipeline);
                return;
            }

            int rows = await CountAsync(message);
            _most = Math.Max(_most, Interlocked.Increment(ref _underWay));
            if (_most >= Holds)
            {
                _enough.TrySetResult();
            }

            await _enough.Task;
            await ProcessNextAsync(message, pipeline);
            Interlocked.Decrement(ref _underWay);
            if (message.HasResponse && message.Response.Status == 202)
            {
                using StreamReader answer = new(message.Response.Content.ToStream());
                bool isTaken = (await answer.ReadToEndAsync()).Contains("HTTP/1.1 204", StringComparison.Ordinal);
                Interlocked.Add(ref _lines, isTaken ? rows : 0);
            }
        }

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();

        public void Dispose() => _enough.TrySetCanceled();

        private static async Task<int> CountAsync(HttpMessage message)
        {
            using MemoryStream body = new();
            await message.Request.Content!.WriteToAsync(body, CancellationToken.None);
            return System.Text.Encoding.UTF8.GetString(body.ToArray()).Split("\nPUT ").Length - 1;
        }
    }
}
