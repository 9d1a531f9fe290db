using System.IO.Compression;

namespace CustomerIoDestination.Cli.Importing;

/// <summary>A stream that is only read.</summary>
internal abstract class ReadingStream : Stream
{
    private ReadingStream()
    {
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush()
    {
    }

    public abstract override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Files are read asynchronously.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>A stream whose beginning can be looked at before it is read.</summary>
    public sealed class Head(Stream inner) : ReadingStream
    {
        private byte[] _head = [];
        private int _position;

        /// <summary>The first bytes, as many as there are, at most so many; they are still read later.</summary>
        public async Task<byte[]> PeekAsync(int most, CancellationToken cancellationToken)
        {
            byte[] head = new byte[most];
            int read = await inner.ReadAtLeastAsync(head, most, throwOnEndOfStream: false, cancellationToken);
            _head = head[..read];
            return _head;
        }

        /// <summary>Passes bytes over.</summary>
        public async Task SkipAsync(int bytes, CancellationToken cancellationToken) => await this.ReadExactlyAsync(new byte[bytes], cancellationToken);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int left = _head.Length - _position;
            if (left == 0)
            {
                _head = [];
                _position = 0;
                return await inner.ReadAsync(buffer, cancellationToken);
            }

            int length = Math.Min(left, buffer.Length);
            _head.AsMemory(_position, length).CopyTo(buffer);
            _position += length;
            return length;
        }

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }

    /// <summary>
    /// Unpacks gzip of one member or several. .NET takes a file that breaks off for one that ends, and events would be missing without a word; so a member of our own is read
    /// behind the last one, and where its text is not at the end, what came before it was not whole.
    /// </summary>
    public sealed class Gzip : ReadingStream
    {
        private static readonly byte[] EndText = [0, .. "end of the file"u8, 0];

        private readonly byte[] _buffer = new byte[128 * 1024];
        private readonly PaddedFile _packed;
        private readonly GZipStream _unpacked;
        private int _start;
        private int _end;
        private bool _ended;

        public Gzip(Stream packed)
        {
            _packed = new PaddedFile(packed, Pack(EndText));
            _unpacked = new GZipStream(_packed, CompressionMode.Decompress);
        }

        /// <inheritdoc/>
        /// <exception cref="InvalidDataException">It is no gzip, or not whole.</exception>
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            // As much as our own text is long is kept back, until it is known whether it is that.
            while (!_ended && _end - _start <= EndText.Length)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                _end -= _start;
                _start = 0;
                int read = await _unpacked.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
                _end += read;
                if (read == 0)
                {
                    await EndAsync(cancellationToken);
                }
            }

            int available = _end - _start - (_ended ? 0 : EndText.Length);
            int given = Math.Min(available, buffer.Length);
            _buffer.AsMemory(_start, given).CopyTo(buffer);
            _start += given;
            return given;
        }

        protected override void Dispose(bool disposing)
        {
            _unpacked.Dispose();
            base.Dispose(disposing);
        }

        private async Task EndAsync(CancellationToken cancellationToken)
        {
            _ended = true;
            if (await _packed.IsPaddedAsync(cancellationToken))
            {
                return;
            }

            if (!_buffer.AsSpan(_start, _end - _start).EndsWith(EndText))
            {
                throw new InvalidDataException("it breaks off before its end, or something else is behind it");
            }

            _end -= EndText.Length;
        }

        private static byte[] Pack(byte[] text)
        {
            using var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true))
            {
                gzip.Write(text);
            }

            return packed.ToArray();
        }
    }

    /// <summary>
    /// A file with something read behind its end. Zeros are given apart from what is before them: whoever is given some last and asks for no more has found the end before them or among them, and they are
    /// padding. Zeros that fill up what broke off are unpacked like any bytes, and what is behind the end is asked for too.
    /// </summary>
    private sealed class PaddedFile(Stream inner, byte[] tail) : ReadingStream
    {
        private int _zeros;
        private bool _gaveZeros;
        private int _tailPosition = -1;

        /// <summary>Whether what is left of the file, which nobody reads any further, is padding.</summary>
        public async Task<bool> IsPaddedAsync(CancellationToken cancellationToken)
        {
            byte[] rest = new byte[64 * 1024];
            bool isPadding = _tailPosition < 0 && _gaveZeros;
            while (isPadding && await ReadAsync(rest, cancellationToken) > 0 && _tailPosition < 0)
            {
                isPadding = _gaveZeros;
            }

            return isPadding;
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_zeros == 0 && _tailPosition < 0)
            {
                int read = await inner.ReadAsync(buffer, cancellationToken);
                int length = buffer.Span[..read].LastIndexOfAnyExcept((byte)0) + 1;
                _zeros = read - length;
                if (length > 0 || buffer.IsEmpty)
                {
                    _gaveZeros = false;
                    return length;
                }
            }

            if (_zeros > 0)
            {
                int zeros = Math.Min(_zeros, buffer.Length);
                buffer.Span[..zeros].Clear();
                _zeros -= zeros;
                _gaveZeros = true;
                return zeros;
            }

            _tailPosition = Math.Max(_tailPosition, 0);
            int given = Math.Min(tail.Length - _tailPosition, buffer.Length);
            tail.AsMemory(_tailPosition, given).CopyTo(buffer);
            _tailPosition += given;
            return given;
        }

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
