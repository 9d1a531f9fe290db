using CustomerIoDestination.SqliteQueue.Writing;

namespace CustomerIoDestination.SqliteQueue.Tests.Support;

internal static class QueueFileCounts
{
    /// <summary>What really lies in the file.</summary>
    public static Task<long> CountAsync(this QueueFile file, string sql) => file.Writer.WriteAsync(new WriteWork<long>(session => session.Read(sql)));
}
