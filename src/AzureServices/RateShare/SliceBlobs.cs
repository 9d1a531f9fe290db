using System.Globalization;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace CustomerIoDestination.AzureServices.RateShare;

/// <summary>
/// The ten empty blobs whose exclusive leases are the slices, as in Microsoft's rate-limiting pattern
/// (learn.microsoft.com/azure/architecture/patterns/rate-limiting-pattern). The only class that speaks to blob storage.
/// </summary>
internal sealed class SliceBlobs(BlobServiceClient service)
{
    /// <summary>The container; in Azure the template makes it.</summary>
    public const string ContainerName = "rate-share";

    private readonly BlobContainerClient _container = service.GetBlobContainerClient(ContainerName);

    /// <summary>What a client for this must be like: an answer comes in time to be of use, or not at all.</summary>
    public static BlobClientOptions Options => new()
    {
        Retry = { MaxRetries = 0, NetworkTimeout = TimeSpan.FromSeconds(3) },
    };

    /// <summary>Asks for the lease of a slice nobody holds.</summary>
    public async Task<LeaseAnswer> AcquireAsync(int index, CancellationToken cancellationToken)
    {
        try
        {
            Response<BlobLease> lease = await Blob(index).GetBlobLeaseClient().AcquireAsync(Slice.Lease, cancellationToken: cancellationToken);
            return new LeaseAnswer.Held(lease.Value.LeaseId);
        }
        catch (RequestFailedException failure) when (failure.Status == 404)
        {
            return await CreateAsync(index, failure.ErrorCode, cancellationToken);
        }
        catch (Exception failure) when (AnswerOf(failure, cancellationToken) is { } answer)
        {
            return answer;
        }
    }

    /// <summary>Asks for more time on a lease.</summary>
    public async Task<LeaseAnswer> RenewAsync(int index, string leaseId, CancellationToken cancellationToken)
    {
        try
        {
            await Blob(index).GetBlobLeaseClient(leaseId).RenewAsync(cancellationToken: cancellationToken);
            return new LeaseAnswer.Held(leaseId);
        }
        catch (Exception failure) when (AnswerOf(failure, cancellationToken) is { } answer)
        {
            return answer;
        }
    }

    /// <summary>Gives a lease back. Where that fails it ends by itself.</summary>
    public async Task ReleaseAsync(int index, string leaseId, CancellationToken cancellationToken)
    {
        try
        {
            await Blob(index).GetBlobLeaseClient(leaseId).ReleaseAsync(cancellationToken: cancellationToken);
        }
        catch (Exception failure) when (failure is OperationCanceledException || AnswerOf(failure, cancellationToken) is not null)
        {
            // Fifteen seconds without a renewal do the same.
        }
    }

    private async Task<LeaseAnswer> CreateAsync(int index, string? missing, CancellationToken cancellationToken)
    {
        try
        {
            if (missing == BlobErrorCode.ContainerNotFound)
            {
                await _container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            }

            await Blob(index).UploadAsync(
                BinaryData.FromBytes(Array.Empty<byte>()),
                new BlobUploadOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } },
                cancellationToken);
        }
        catch (RequestFailedException failure) when (failure.Status is 409 or 412)
        {
            // Another process made it first.
        }
        catch (Exception failure) when (AnswerOf(failure, cancellationToken) is { } answer)
        {
            return answer;
        }

        return new LeaseAnswer.Taken();
    }

    private BlobClient Blob(int index) => _container.GetBlobClient(string.Create(CultureInfo.InvariantCulture, $"slice-{index}"));

    private static LeaseAnswer? AnswerOf(Exception failure, CancellationToken cancellationToken) => failure switch
    {
        RequestFailedException { Status: 409 or 412 } => new LeaseAnswer.Taken(),
        RequestFailedException request => new LeaseAnswer.Unreachable(request.ErrorCode ?? string.Create(CultureInfo.InvariantCulture, $"http_{request.Status}")),
        OperationCanceledException when cancellationToken.IsCancellationRequested => null,
        OperationCanceledException => new LeaseAnswer.Unreachable("timeout"),
        Azure.Identity.AuthenticationFailedException => new LeaseAnswer.Unreachable("no_token"),
        AggregateException => new LeaseAnswer.Unreachable("no_connection"),
        _ => null,
    };
}

/// <summary>What asking for a lease came to.</summary>
internal abstract record LeaseAnswer
{
    private LeaseAnswer()
    {
    }

    /// <summary>It is ours.</summary>
    public sealed record Held(string LeaseId) : LeaseAnswer;

    /// <summary>It is somebody else's.</summary>
    public sealed record Taken : LeaseAnswer;

    /// <summary>Storage gave no answer that says anything.</summary>
    /// <param name="Code">A bounded code, for the log.</param>
    public sealed record Unreachable(string Code) : LeaseAnswer;
}

/// <summary>One tenth of the workspace's rate, as this process knows it. Times are since the process began to share.</summary>
/// <param name="Index">Which of the ten.</param>
/// <param name="LeaseId">The lease by which it is held; null while it is not.</param>
/// <param name="HeldSince">When it was first acquired.</param>
/// <param name="AskedAt">When the last acquire or renewal that succeeded was sent.</param>
/// <param name="NotBefore">When it may be tried for again.</param>
internal sealed record Slice(int Index, string? LeaseId, TimeSpan HeldSince, TimeSpan AskedAt, TimeSpan NotBefore)
{
    /// <summary>How long the broker of leases keeps one for us.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    /// <summary>How long it is spent, from when it was asked for: three seconds before anybody else can have it.</summary>
    public static readonly TimeSpan Spend = TimeSpan.FromSeconds(12);

    /// <summary>It is held by nobody we know of.</summary>
    public static Slice Free(int index) => new(index, null, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>Whether permits may be given out on it.</summary>
    public bool MaySpend(TimeSpan now) => LeaseId is not null && now - AskedAt < Spend;

    /// <summary>It was acquired.</summary>
    public Slice Acquired(string leaseId, TimeSpan askedAt) => this with { LeaseId = leaseId, HeldSince = askedAt, AskedAt = askedAt };

    /// <summary>It is no longer held, and not tried for before a time.</summary>
    public Slice Lost(TimeSpan notBefore) => this with { LeaseId = null, NotBefore = notBefore };
}
