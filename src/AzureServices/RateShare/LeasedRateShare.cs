using CustomerIoDestination.Pacing;
using CustomerIoDestination.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.AzureServices.RateShare;

/// <summary>
/// The workspace's rate shared among any number of processes: ten slices, each held by at most one of them. A slice is taken only while requests wait,
/// spent for less time than it is held, and given back in turn. Without storage there is no share, and nothing is sent.
/// </summary>
internal sealed partial class LeasedRateShare : BackgroundService, IRateShare
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    private readonly SliceBlobs _blobs;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger<LeasedRateShare> _logger;
    private readonly SliceDemand _demand;
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Lock _slicesGate = new();
    private readonly double _sliceRate;
    private readonly long _start;
    private volatile Slice[] _slices = [.. Enumerable.Range(0, SlicePlan.Slices).Select(Slice.Free)];
    private int _asleep;
    private string? _unreachable;

    public LeasedRateShare(SliceBlobs blobs, DeliverySettings settings, TimeProvider time, Random random, ILogger<LeasedRateShare> logger)
    {
        _blobs = blobs;
        _time = time;
        _random = random;
        _logger = logger;
        _sliceRate = (double)settings.RequestsPerSecond / SlicePlan.Slices;
        _start = time.GetTimestamp();
        _demand = new SliceDemand(_sliceRate, time);
    }

    /// <inheritdoc/>
    public double? RequestsPerSecond
    {
        get
        {
            TimeSpan now = Now();
            int usable = 0;
            foreach (Slice slice in _slices)
            {
                usable += slice.MaySpend(now) ? 1 : 0;
            }

            return usable == 0 ? null : usable * _sliceRate;
        }
    }

    /// <summary>How many slices this process holds.</summary>
    public int Held => _slices.Count(slice => slice.LeaseId is not null);

    /// <inheritdoc/>
    public void Ask()
    {
        _demand.Add();
        Wake();
    }

    /// <inheritdoc/>
    public void StillWaiting(int requests)
    {
        _demand.AtLeast(requests);
        Wake();
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await Task.WhenAll(_slices.Where(slice => slice.LeaseId is not null).Select(slice => GiveBackAsync(slice, cancellationToken)));
        }
#pragma warning disable CA1031 // A lease that is not given back ends by itself.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.Failed(_logger, failure.GetType().Name);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _wake.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                // The host stops.
            }
#pragma warning disable CA1031 // Whatever it is, the host goes on: what is held is spent no longer than it is leased, and asked for again.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                Log.Failed(_logger, failure.GetType().Name);
                await Task.Delay(AfterFailure, _time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task LookAsync(CancellationToken stopping)
    {
        int wanted = _demand.Slices();
        if (wanted == 0 && Held == 0)
        {
            await SleepAsync(stopping);
        }
        else
        {
            await CarryOutAsync(SlicePlan.Decide(Shuffled(), wanted, Now()), stopping);
            await Task.Delay(Tick, _time, stopping);
        }
    }

    private void Wake()
    {
        if (Interlocked.Exchange(ref _asleep, 0) == 1)
        {
            _wake.Release();
        }
    }

    private async Task SleepAsync(CancellationToken stopping)
    {
        Volatile.Write(ref _asleep, 1);

        // Asked for in between: that caller saw nobody asleep.
        if (_demand.Slices() == 0 || Interlocked.Exchange(ref _asleep, 0) == 0)
        {
            await _wake.WaitAsync(stopping);
        }
    }

    private Task CarryOutAsync(SlicePlan plan, CancellationToken stopping) => Task.WhenAll(
    [
        .. plan.GiveBack.Select(slice => GiveBackAsync(slice, stopping)),
        .. plan.Renew.Select(slice => RenewAsync(slice, stopping)),
        .. plan.Try.Select(slice => AcquireAsync(slice, stopping)),
    ]);

    private async Task AcquireAsync(Slice slice, CancellationToken stopping)
    {
        TimeSpan askedAt = Now();
        LeaseAnswer answer = await _blobs.AcquireAsync(slice.Index, stopping);
        Set(answer is LeaseAnswer.Held held ? slice.Acquired(held.LeaseId, askedAt) : slice.Lost(Now() + SlicePlan.AfterRefusal));
        Tell(answer);
    }

    private async Task RenewAsync(Slice slice, CancellationToken stopping)
    {
        TimeSpan askedAt = Now();
        LeaseAnswer answer = await _blobs.RenewAsync(slice.Index, slice.LeaseId!, stopping);
        if (answer is LeaseAnswer.Held)
        {
            Set(slice with { AskedAt = askedAt });
        }
        else if (answer is LeaseAnswer.Taken || !slice.MaySpend(Now()))
        {
            Set(slice.Lost(Now() + SlicePlan.AfterRefusal));
        }

        Tell(answer);
    }

    private Task GiveBackAsync(Slice slice, CancellationToken stopping)
    {
        // Spending ends before anybody else can have it.
        Set(slice.Lost(Now() + SlicePlan.AfterTurn));
        return _blobs.ReleaseAsync(slice.Index, slice.LeaseId!, stopping);
    }

    private void Set(Slice slice)
    {
        lock (_slicesGate)
        {
            _slices = [.. _slices.Select(known => known.Index == slice.Index ? slice : known)];
        }
    }

    // Processes that look for slices in the same order would get into each other's way.
    private Slice[] Shuffled()
    {
        Slice[] slices = [.. _slices];
        _random.Shuffle(slices);
        return slices;
    }

    private void Tell(LeaseAnswer answer)
    {
        string? code = (answer as LeaseAnswer.Unreachable)?.Code;
        if (Interlocked.Exchange(ref _unreachable, code) is { } before)
        {
            if (code is null)
            {
                Log.StorageAnswered(_logger, before);
            }
        }
        else if (code is not null)
        {
            Log.StorageUnreachable(_logger, code);
        }
    }

    private TimeSpan Now() => _time.GetElapsedTime(_start);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The storage of the rate's leases can't be used ({Code}): nothing is sent until it can.")]
        public static partial void StorageUnreachable(ILogger logger, string code);

        [LoggerMessage(LogLevel.Error, "The rate's leases could not be looked after ({ExceptionType}); it is tried again.")]
        public static partial void Failed(ILogger logger, string exceptionType);

        [LoggerMessage(LogLevel.Information, "The storage of the rate's leases can be used again, after {Code}.")]
        public static partial void StorageAnswered(ILogger logger, string code);
    }
}
