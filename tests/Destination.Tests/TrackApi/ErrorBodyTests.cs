using System.Text;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Tests.TrackApi;

public sealed class ErrorBodyTests
{
    private const string Kept = "HTTP 400; what Customer.io wrote may quote data and is kept with the event";

    [Theory]
    [InlineData("""{"meta":{"error":"event name must not be blank"}}""", "event_name_blank", "event name must not be blank")]
    [InlineData("""{"meta":{"errors":["id attribute must be present"]}}""", "id_missing", "id attribute must be present")]
    [InlineData("""{"errors":[{"detail":"attribute name cannot be longer than 150 bytes","status":"400"}]}""", "attribute_name_too_long", "attribute name cannot be longer than 150 bytes")]
    [InlineData("""{"meta":{"error":"value for attribute 'favourite color' cannot be longer than 1000 bytes"}}""", "attribute_value_too_long", "value for attribute 'favourite color' cannot be longer than 1000 bytes")]
    [InlineData("""{"meta":{"error":"value for attribute 'ann@example.com' cannot be longer than 1000 bytes"}}""", "attribute_value_too_long", "value for attribute '(name of 15 bytes)' cannot be longer than 1000 bytes")]
    [InlineData("""{"meta":{"error":"ann@example.com is not welcome"}}""", "unknown_message", Kept)]
    [InlineData("""{"meta":{"error":{"deep":"ann@example.com"}}}""", "unknown_message", Kept)]
    [InlineData("""{"meta":"ann@example.com"}""", "unknown_message", Kept)]
    [InlineData("""{"errors":{"ann@example.com":1}}""", "unknown_message", Kept)]
    [InlineData("""{"meta":{"error":"broken""", "unknown_message", Kept)]
    [InlineData("", "unknown_message", "HTTP 400 without a text")]
    public void Every_documented_shape_is_read_and_only_known_texts_pass(string body, string code, string message)
    {
        AnswerError error = Read(body)[0];

        (error.Code, error.Message).ShouldBe((code, message));
    }

    [Theory]
    [InlineData("""{"meta":{"error":"\ud800"}}""")]
    [InlineData("""{"meta":{"\ud800":1,"error":"x"}}""")]
    [InlineData("""{"\udfff":1,"errors":[{"message":"\ud800"}]}""")]
    public void A_text_or_name_that_is_no_Unicode_is_an_unknown_message(string body) => Read(body)[0].Code.ShouldBe("unknown_message");

    [Fact]
    public void A_text_that_is_no_utf8_is_an_unknown_message() =>
        ErrorBody.ReadOrUnknown([.. "{\"meta\":{\"error\":\""u8, 0xC3, 0x28, .. "\"}}"u8], 400)[0].Code.ShouldBe("unknown_message");

    [Fact]
    public void An_item_whose_message_is_no_Unicode_is_still_named() =>
        Read("""{"errors":[{"\ud800":1,"batch_index":3,"field":"\ud800","message":"\ud800"}]}""").ShouldHaveSingleItem().Index.ShouldBe(3);

    [Fact]
    public void An_item_that_is_named_behind_20_000_errors_of_another_is_known()
    {
        string first = string.Concat(Enumerable.Repeat("""{"batch_index":0,"message":"x"},""", 20_000));

        Read($$"""{"errors":[{{first}}{"batch_index":1,"message":"x"}]}""").Select(error => error.Index).ShouldBe([0, 1]);
    }

    [Fact]
    public void Batch_errors_name_item_and_field() =>
        Read("""{"errors":[{"batch_index":3,"reason":"invalid","field":"attributes.plan","message":"property value cannot be longer than 1000 bytes"}]}""")
            .ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(
                error => (error with { Text = default }).ShouldBe(new AnswerError(3, "attribute_value_too_long", "attributes.plan", "property value cannot be longer than 1000 bytes")),
                error => Encoding.UTF8.GetString(error.Text.Span).ShouldStartWith("{\"batch_index\":3,\"reason\""));

    [Fact]
    public void The_text_of_an_error_is_that_of_its_item_or_else_the_whole_body()
    {
        IReadOnlyList<AnswerError> errors = Read(""" {"errors":[{"batch_index":0,"message":"ann is odd"},{"batch_index":1,"message":"bob is odd"}]} """);
        errors.Select(error => Encoding.UTF8.GetString(error.Text.Span)).ShouldBe(["""{"batch_index":0,"message":"ann is odd"}""", """{"batch_index":1,"message":"bob is odd"}"""]);

        Encoding.UTF8.GetString(Read("<html>no</html>\r\n")[0].Text.Span).ShouldBe("<html>no</html>");
        errors.ShouldAllBe(error => !error.ToString().Contains("odd"));
    }

    [Theory]
    [InlineData("a", 2_000)]
    [InlineData("ä", 2_000)]
    [InlineData("€", 1_998)]
    [InlineData("😀", 2_000)]
    public void A_long_text_is_cut_between_two_characters(string character, int bytes)
    {
        ReadOnlyMemory<byte> kept = Read(string.Concat(Enumerable.Repeat(character, 3_000)))[0].Text;

        kept.Length.ShouldBe(bytes);
        Encoding.UTF8.GetString(kept.Span).ShouldEndWith(character);
    }

    [Theory]
    [InlineData("\"3\"")]
    [InlineData("1.5")]
    [InlineData("99999999999")]
    [InlineData("null")]
    public void An_index_that_is_no_index_is_none(string index) =>
        Read($$"""{"errors":[{"batch_index":{{index}},"message":"x"}]}""")[0].Index.ShouldBeNull();

    [Fact]
    public void A_field_that_looks_like_a_value_is_told_by_its_length() =>
        Read("""{"errors":[{"field":"ann@example.com","message":"x"}]}""")[0].Field.ShouldBe("(name of 15 bytes)");

    private static IReadOnlyList<AnswerError> Read(string body) => ErrorBody.ReadOrUnknown(Encoding.UTF8.GetBytes(body), 400);
}
