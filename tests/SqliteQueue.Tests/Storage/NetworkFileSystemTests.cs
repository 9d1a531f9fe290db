using CustomerIoDestination.SqliteQueue.Storage;
using CustomerIoDestination.SqliteQueue.Tests.Support;

namespace CustomerIoDestination.SqliteQueue.Tests.Storage;

public sealed class NetworkFileSystemTests
{
    private const string Mounts = """
        /dev/sda1 / ext4 rw,relatime 0 0
        server:/export /mnt/nfs nfs4 rw,vers=4.2 0 0
        //account.file.core.windows.net/share /mnt/azure cifs rw 0 0
        //server/share /mnt/smb smb3 rw 0 0
        host /mnt/plan9 9p rw 0 0
        C:\134 /mnt/c drvfs rw 0 0
        user@server: /mnt/ssh fuse.sshfs rw 0 0
        overlay /mnt/over fuse.fuse-overlayfs rw 0 0
        /dev/sdb1 /mnt/nfs/local xfs rw 0 0
        server:/b /mnt/with\040blank nfs rw 0 0
        tmpfs /mnt/hidden tmpfs rw 0 0
        server:/c /mnt/hidden nfs rw 0 0
        server:/d /mnt/shown nfs rw 0 0
        tmpfs /mnt/shown tmpfs rw 0 0
        """;

    [Theory]
    [InlineData("/mnt/nfs/queue.db", "nfs4")]
    [InlineData("/mnt/nfs/a/b/queue.db", "nfs4")]
    [InlineData("/mnt/azure/queue.db", "cifs")]
    [InlineData("/mnt/smb/queue.db", "smb3")]
    [InlineData("/mnt/plan9/queue.db", "9p")]
    [InlineData("/mnt/ssh/queue.db", "fuse.sshfs")]
    [InlineData("/mnt/with blank/queue.db", "nfs")]
    [InlineData("/mnt/hidden/queue.db", "nfs")]
    public void A_file_on_a_network_is_told_with_the_type(string path, string type) => NetworkFileSystem.Under(Mounts, path).ShouldBe(type);

    [Theory]
    [InlineData("/var/lib/queue.db")]
    [InlineData("/mnt/nfs-copy/queue.db")]
    [InlineData("/mnt/nfs/local/queue.db")]
    [InlineData("/mnt/over/queue.db")]
    [InlineData("/mnt/shown/queue.db")]
    public void A_file_on_the_machine_is_not(string path) => NetworkFileSystem.Under(Mounts, path).ShouldBeNull();

    [Fact]
    public void An_empty_table_tells_nothing() => NetworkFileSystem.Under("", "/mnt/nfs/queue.db").ShouldBeNull();

    [Fact]
    public async Task The_start_warns_once_and_works()
    {
        using var folder = new QueueFolder();
        await using QueueFile file = folder.Open();
        folder.Log.Collector.GetSnapshot().ShouldNotContain(record => record.Id.Id == 23, "this folder is on a disk");

        file.Guard.TellOfNetwork($"/dev/sda1 / ext4 rw 0 0\nserver:/export {Path.GetDirectoryName(file.Path)} nfs rw 0 0\n");

        folder.Log.Collector.GetSnapshot().Single(record => record.Id.Id == 23).Message.ShouldContain($"'{file.Path}' lies on a network file system (nfs)");
    }
}
