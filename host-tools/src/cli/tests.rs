//! Command lines and what they mean.

use super::*;

fn parsed(line: &str) -> Result<Invocation> {
    parse(line.split_whitespace().map(OsString::from))
}

fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[test]
fn command_lines_are_understood() {
    let check = |line: &str, expected: Command| match parsed(line) {
        Ok(invocation) => assert_eq!(invocation.command, expected, "{line}"),
        Err(error) => assert_eq!(line, error.to_string()),
    };
    check(
        "-p tty install a.wasm --name b",
        Command::Install { file: "a.wasm".into(), name: Some("b".into()), script: false },
    );
    check("install --script init", Command::Install { file: "init".into(), name: None, script: true });
    check("watch a.wasm", Command::Watch { file: "a.wasm".into(), name: None });
    check("ls --json", Command::List);
    check("rm a b", Command::Remove(strings(&["a", "b"])));
    check(
        "call calc add -5 --fuel 7",
        Command::Execute(strings(&["call", "calc", "add", "-5", "--fuel", "7"])),
    );
    check("test a.exp b.exp", Command::Test(vec!["a.exp".into(), "b.exp".into()]));
    check("shell ls -l", Command::Execute(strings(&["ls", "-l"])));
    let run = |invoke: Option<&str>, arguments: &[&str]| Command::Run {
        file: "a.wasm".into(),
        invoke: invoke.map(str::to_owned),
        arguments: strings(arguments),
    };
    check("run a.wasm -x --help", run(None, &["-x", "--help"]));
    check("run a.wasm --invoke add -7 2", run(Some("add"), &["-7", "2"]));
    check("run --invoke add a.wasm -7", run(Some("add"), &["-7"]));
    check("run a.wasm --invoke=add -7 2", run(Some("add"), &["-7", "2"]));
    check("run --invoke=add a.wasm --invoked", run(Some("add"), &["--invoked"]));
    check("download a -o -", Command::Download { name: "a".into(), output: Some("-".into()) });
    check(
        "image create -o f.bin --size 64K a.wasm",
        Command::ImageCreate { image: "f.bin".into(), size: Some(65536), files: vec!["a.wasm".into()] },
    );
    check(
        "image extract f.bin a",
        Command::ImageExtract { image: "f.bin".into(), name: "a".into(), output: None },
    );
}

#[test]
fn wrong_command_lines_say_what_is_wrong() {
    for (line, expected) in [
        ("", "a command is missing"),
        ("fly", "there is no command `fly`"),
        ("install", "`install` needs one FILE"),
        ("install a b", "`install` needs one FILE"),
        ("ls a", "`ls` takes no arguments"),
        ("ls --name x", "--name does not belong to `ls`"),
        ("rm a --json", "--json does not belong to `rm`"),
        ("ls -o x", "--output does not belong to `ls`"),
        ("ls --timeout 1", "--timeout does not belong to `ls`"),
        ("call calc", "`call` needs NAME and FUNC"),
        ("run a.wasm --invoke", "--invoke needs FUNC"),
        ("image", "`image` needs create, ls or extract"),
        ("image create a.wasm", "`image create` needs -o IMAGE"),
        ("--what ls", "invalid option '--what'"),
    ] {
        let error = parsed(line).map(|_| ()).map_err(|error| error.to_string());
        assert_eq!(error, Err(format!("{expected}; `wasmote help` shows the commands")), "{line:?}");
    }
}

#[test]
fn wrong_values_of_options_say_what_is_right() {
    let check = |line: &str, expected: &str| {
        let error = parsed(line).map(|_| ()).map_err(|error| error.to_string());
        assert_eq!(error, Err(expected.to_owned()), "{line}");
    };
    for size in ["5G", "-1", "", "4294967296"] {
        let expected = format!("--size: `{size}` is no size; 65536, 64K and 1M are");
        check(&format!("image create -o i --size={size}"), &expected);
    }
    for seconds in ["0", "-1", "x", "nan", "inf", "1e9"] {
        let expected = format!("--timeout: `{seconds}` is no time in seconds, up to a day; 0.5 and 300 are");
        check(&format!("--timeout {seconds} shell ls"), &expected);
    }
    for speed in ["0", "-1", "fast"] {
        check(&format!("--baud {speed} ls"), &format!("--baud: `{speed}` is no speed; 9600 and 115200 are"));
    }
}
