using System.Buffers.Binary;
using System.Globalization;
using System.IO.MemoryMappedFiles;
using System.Security.Cryptography;

namespace CustomerIoDestination.Cli.Importing;

/// <summary>
/// Ids for events that have none: made of the item's bytes and of how many equal ones came before it, so that a second import of the same file, renamed or grown, makes the same ids, and two equal lines are
/// two events. Not thread-safe.
/// </summary>
/// <param name="folder">Where the table of what was seen may lie.</param>
internal sealed class ImportIds(string folder) : IDisposable
{
    private EqualItems? _seen;

    /// <summary>The id of the next item without one.</summary>
    public string Next(ReadOnlySpan<byte> source)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(source, hash);
        _seen ??= new EqualItems(folder);
        long ordinal = _seen.Add(BinaryPrimitives.ReadUInt64LittleEndian(hash[16..]));
        return string.Create(CultureInfo.InvariantCulture, $"import-{Convert.ToHexStringLower(hash[..16])}-{ordinal}");
    }

    /// <inheritdoc/>
    public void Dispose() => _seen?.Dispose();

    /// <summary>
    /// How often each item was seen: an open hash table in a file, so that a hundred million of them need no more memory than a few. Two items of one hash share a count; their ids differ all the same.
    /// </summary>
    private sealed class EqualItems(string folder) : IDisposable
    {
        private const int SlotBytes = 16;
        private const long FirstSlots = 64 * 1024;

        private readonly string _folder = folder;
        private Table _table = new(folder, FirstSlots);
        private long _count;

        public long Add(ulong key)
        {
            if (_count * 2 >= _table.Slots)
            {
                Grow();
            }

            // 0 marks an empty slot.
            long seen = _table.Add(key | 1, 1);
            _count += seen == 1 ? 1 : 0;
            return seen;
        }

        public void Dispose() => _table.Dispose();

        private void Grow()
        {
            var larger = new Table(_folder, _table.Slots * 2);
            _table.CopyTo(larger);
            _table.Dispose();
            _table = larger;
        }

        private sealed class Table : IDisposable
        {
            private readonly MemoryMappedFile _file;
            private readonly MemoryMappedViewAccessor _view;

            public Table(string folder, long slots)
            {
                Slots = slots;
                string path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $".import-{Environment.ProcessId}-{slots}.tmp"));
                var file = new FileStream(
                    path,
                    new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.ReadWrite, Share = FileShare.None, Options = FileOptions.DeleteOnClose });
                if (!OperatingSystem.IsWindows())
                {
                    // Without a name at once, so that a kill leaves nothing behind.
                    File.Delete(path);
                }

                _file = MemoryMappedFile.CreateFromFile(file, null, slots * SlotBytes, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false);
                _view = _file.CreateViewAccessor();
            }

            public long Slots { get; }

            /// <summary>Counts a key up, and gives the new count.</summary>
            public long Add(ulong key, long count)
            {
                for (long slot = (long)(key >> 1) & (Slots - 1); ; slot = (slot + 1) & (Slots - 1))
                {
                    ulong there = _view.ReadUInt64(slot * SlotBytes);
                    if (there == 0)
                    {
                        _view.Write(slot * SlotBytes, key);
                    }
                    else if (there != key)
                    {
                        continue;
                    }

                    long total = _view.ReadInt64((slot * SlotBytes) + sizeof(ulong)) + count;
                    _view.Write((slot * SlotBytes) + sizeof(ulong), total);
                    return total;
                }
            }

            public void CopyTo(Table other)
            {
                for (long slot = 0; slot < Slots; slot++)
                {
                    if (_view.ReadUInt64(slot * SlotBytes) is not 0 and ulong key)
                    {
                        other.Add(key, _view.ReadInt64((slot * SlotBytes) + sizeof(ulong)));
                    }
                }
            }

            public void Dispose()
            {
                _view.Dispose();
                _file.Dispose();
            }
        }
    }
}
