import Inflow
import Testing

@Suite("Names and passwords of users")
struct PasswordRuleTests {
    private func nameFault(_ text: String) -> PageName.Fault? {
        do throws(PageName.Fault) { _ = try PageName(text) } catch { return error }
        return nil
    }

    private func fault(_ text: String, of name: String = "ann") throws -> NewPassword.Fault? {
        let name = try PageName(name)
        do throws(NewPassword.Fault) { _ = try NewPassword(text, of: name) } catch { return error }
        return nil
    }

    @Test("A name is 1 to 64 characters that a screen shows")
    func names() {
        #expect(["ann", "Ann Smith", "josé", "a@example.org", "安"].allSatisfy { nameFault($0) == nil })
        #expect(["", " ann", "ann\n", " "].map(nameFault) == [.blank, .blank, .blank, .blank])
        #expect(nameFault(String(repeating: "a", count: 64)) == nil)
        #expect(nameFault(String(repeating: "a", count: 65)) == .long)
        #expect(nameFault("--role") == .dash)
        #expect(["a\nb", "a\u{0}b", "a\u{202E}b", "a\tb", "a\u{1B}[1m"].allSatisfy { nameFault($0) == .control })
    }

    @Test("Names are compared without regard to case, blanks around them and Unicode's spelling")
    func folding() {
        #expect(PageName.folded(" ANN ") == "ann")
        #expect(PageName.folded("JOSE\u{301}") == PageName.folded("josé"))
        #expect(PageName.folded("ＡＮＮ") == "ann", "full-width letters")
        #expect(PageName.folded("аnn") != "ann", "a Cyrillic letter is another one")
        #expect(PageName.folded(PageName.folded("ǅ İ ẞ")) == PageName.folded("ǅ İ ẞ"))
    }

    @Test("A password has 12 characters at least and 1,024 bytes at most, and is not the account's name")
    func passwords() throws {
        #expect(try fault("elevenchars") == .short)
        #expect(try fault("") == .short)
        #expect(try fault("twelve chars") == nil)
        #expect(try fault("            ") == nil, "blanks count, as any character")
        #expect(try fault("ééééééé") == .short, "seven characters of two bytes")
        #expect(try fault(String(repeating: "a", count: 1_024)) == nil)
        #expect(try fault(String(repeating: "a", count: 1_025)) == .long)
        #expect(try fault(String(repeating: "é", count: 600)) == .long)
        #expect(try fault("Ann.Smith.Of.Acme", of: "ann.smith.of.acme") == .name)
        #expect(try fault("Ann.Smith.Of.Acme", of: "ann") == nil)
    }

    @Test("Texts that Unicode takes for the same are the same password")
    func normalised() throws {
        let name = try PageName("ann")
        #expect(
            try NewPassword("cafe\u{301} at noon", of: name).bytes == NewPassword("café at noon", of: name).bytes)
        #expect(NewPassword.bytes("cafe\u{301}") == NewPassword.bytes("café"))
        #expect(NewPassword.bytes("") == nil)
        #expect(NewPassword.bytes(String(repeating: "a", count: 1_025)) == nil)
    }

    @Test("A password shows itself in no text")
    func silent() throws {
        let password = try NewPassword("correct horse battery", of: try PageName("ann"))
        var dumped = ""
        dump(password, to: &dumped)
        let texts = ["\(password)", String(reflecting: password), dumped, "\([password])"]
        // 111 is the letter o.
        for text in texts { #expect(!text.contains("horse") && !text.contains("111"), "\(text)") }
        for fault in NewPassword.Fault.allCases { #expect(fault.description.hasSuffix(".")) }
    }
}
