//! The Bot API and Rocket.Chat connectors against the platforms' own published schemas: Prism checks
//! every question against the OpenAPI file and answers with its examples.
//!
//! Needs npm (Prism is installed once, beside the other tools of the tests) and the schemas of the
//! shared folder; without either it says that it is skipped.

use std::fs::File;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::bench::{Bench, shared};

const PRISM: &str = "@stoplight/prism-cli@5.14.2";

/// Prism's program, installed where the tests' other tools are.
fn prism() -> Option<PathBuf> {
    let home = std::env::var_os("HOME")?;
    let folder = Path::new(&home).join(".cache/marsad/prism");
    let program = folder.join("node_modules/.bin/prism");
    if !program.is_file() {
        std::fs::create_dir_all(&folder).unwrap();
        let mut install = Command::new("npm");
        install.args(["install", "--silent", "--no-audit", "--no-fund", PRISM]);
        let done = install.current_dir(&folder).stdout(Stdio::null()).status();
        if !done.is_ok_and(|status| status.success()) || !program.is_file() {
            eprintln!("SKIPPED: npm cannot install Prism");
            return None;
        }
    }
    Some(program)
}

struct Mock {
    process: Child,
    url: String,
    log: PathBuf,
}

impl Mock {
    fn start(prism: &Path, schema: &Path, log: PathBuf) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let written = File::create(&log).unwrap();
        let process = Command::new(prism)
            .args(["mock", "-h", "127.0.0.1", "-p", &port.to_string()])
            .arg(schema)
            .stdout(written.try_clone().unwrap())
            .stderr(written)
            .spawn()
            .unwrap();
        Self { process, url: format!("http://127.0.0.1:{port}"), log }
    }

    fn wait(&self) {
        for _ in 0..600 {
            if TcpStream::connect(self.url.trim_start_matches("http://")).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("Prism does not start: {}", std::fs::read_to_string(&self.log).unwrap());
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

#[test]
fn questions_and_answers_fit_the_platforms_own_schemas() {
    let Some(schemas) = shared("platforms/openapi/mock") else { return };
    let Some(prism) = prism() else { return };
    let mut bench = Bench::new();
    let mocks = [
        ("tamtam.mock.yaml", "MARSAD_TAMTAM_URL"),
        ("max.mock.yaml", "MARSAD_MAX_URL"),
        ("rocketchat.mock.yaml", "MARSAD_ROCKETCHAT_URL"),
    ]
    .map(|(schema, variable)| {
        let mock = Mock::start(&prism, &schemas.join(schema), bench.path(schema));
        bench.variables.push((variable, mock.url.clone()));
        mock
    });
    mocks.iter().for_each(Mock::wait);
    for variable in [
        "MARSAD_TAMTAM_TOKEN",
        "MARSAD_MAX_TOKEN",
        "MARSAD_ROCKETCHAT_USER",
        "MARSAD_ROCKETCHAT_TOKEN",
    ] {
        bench.variables.push((variable, "t".to_owned()));
    }
    let sources = [
        "tamtam:-70000000000001",
        "max:-70000000000001",
        "rocketchat:chat.example.org/coast-weather",
    ];
    bench.good(&[&["--archive", "a", "sources", "add"], sources.as_slice()].concat());
    let report = bench.json(&["--archive", "a", "watch", "--once"]);
    assert_eq!(report["posts_added"], 8, "{report}");
    assert_eq!(report["problems"], 0, "{report}");
    for mock in &mocks {
        let log = std::fs::read_to_string(&mock.log).unwrap();
        assert!(log.contains("Responding with"), "{log}");
        for bad in ["iolation", "Request terminated with error", "UNPROCESSABLE"] {
            assert!(!log.contains(bad), "{log}");
        }
    }
}
