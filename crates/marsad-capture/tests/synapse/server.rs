//! The server, and those who write into its rooms.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

/// A running server, stopped at the end.
pub(crate) struct Synapse {
    dir: tempfile::TempDir,
    pub(crate) url: String,
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/synapse")
}

impl Synapse {
    pub(crate) fn start() -> Option<Self> {
        // In memory where there is such a folder: the database syncs at every event.
        let dir = tempfile::tempdir_in("/dev/shm").or_else(|_none| tempfile::tempdir()).unwrap();
        let own = std::process::id().to_string();
        let started =
            Command::new(script()).arg("start").arg(dir.path()).arg(own).output().unwrap();
        if started.status.code() == Some(3) {
            eprintln!("SKIPPED: {}", String::from_utf8_lossy(&started.stderr).trim());
            return None;
        }
        assert!(started.status.success(), "{}", String::from_utf8_lossy(&started.stderr));
        let url = String::from_utf8(started.stdout).unwrap().trim().to_owned();
        Some(Self { dir, url })
    }
}

impl Drop for Synapse {
    fn drop(&mut self) {
        let stopped = Command::new(script()).arg("stop").arg(self.dir.path()).status();
        assert!(std::thread::panicking() || stopped.is_ok_and(|status| status.success()));
    }
}

/// Writes into rooms, as their members do.
pub(crate) struct Members {
    runtime: tokio::runtime::Runtime,
    client: reqwest::Client,
    url: String,
    sent: u32,
}

#[derive(Clone)]
pub(crate) struct Account {
    pub(crate) token: String,
    pub(crate) name: String,
}

impl Members {
    pub(crate) fn of(server: &Synapse) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { runtime, client: reqwest::Client::new(), url: server.url.clone(), sent: 0 }
    }

    pub(crate) fn call(
        &self,
        method: reqwest::Method,
        path: &str,
        body: &Value,
        token: &str,
    ) -> Value {
        let url = format!("{}/_matrix/client/v3/{path}", self.url);
        let request = self.client.request(method, url).body(body.to_string());
        let request = if token.is_empty() { request } else { request.bearer_auth(token) };
        self.runtime.block_on(async {
            let response = request.send().await.unwrap();
            let (status, body) = (response.status(), response.bytes().await.unwrap());
            assert!(status.is_success(), "{path}: {status} {}", String::from_utf8_lossy(&body));
            serde_json::from_slice(&body).unwrap()
        })
    }

    pub(crate) fn post(&self, path: &str, body: &Value, by: &Account) -> Value {
        self.call(reqwest::Method::POST, path, body, &by.token)
    }

    pub(crate) fn put(&self, path: &str, body: &Value, by: &Account) -> Value {
        self.call(reqwest::Method::PUT, path, body, &by.token)
    }

    pub(crate) fn register(&self, name: &str) -> Account {
        let body = json!({"username": name, "password": "weather-weather", "auth": {"type": "m.login.dummy"}});
        let nobody = Account { token: String::new(), name: String::new() };
        let account = self.post("register", &body, &nobody);
        let part = |key: &str| account[key].as_str().unwrap().to_owned();
        Account { token: part("access_token"), name: part("user_id") }
    }

    pub(crate) fn room(
        &self,
        by: &Account,
        alias: &str,
        version: &str,
        visibility: &str,
    ) -> String {
        let state = json!([{"type": "m.room.history_visibility", "state_key": "",
            "content": {"history_visibility": visibility}}]);
        let body = json!({"preset": "public_chat", "name": "Coast Weather", "topic": "Hourly notices",
            "room_alias_name": alias, "room_version": version, "initial_state": state});
        self.post("createRoom", &body, by)["room_id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn send(&mut self, by: &Account, room: &str, kind: &str, content: &Value) -> String {
        self.sent += 1;
        let path = format!("rooms/{room}/send/{kind}/{}", self.sent);
        self.put(&path, content, by)["event_id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn says(&mut self, by: &Account, room: &str, text: &str) -> String {
        self.send(by, room, "m.room.message", &json!({"msgtype": "m.text", "body": text}))
    }

    pub(crate) fn edit(&mut self, by: &Account, room: &str, post: &str, text: &str) {
        let new = json!({"msgtype": "m.text", "body": text});
        let relation = json!({"rel_type": "m.replace", "event_id": post});
        let body = format!(" * {text}");
        let content = json!({"msgtype": "m.text", "body": body, "m.new_content": new, "m.relates_to": relation});
        self.send(by, room, "m.room.message", &content);
    }

    pub(crate) fn redact(&mut self, by: &Account, room: &str, post: &str) {
        self.sent += 1;
        self.put(&format!("rooms/{room}/redact/{post}/{}", self.sent), &json!({}), by);
    }

    pub(crate) fn state(&self, by: &Account, room: &str, kind: &str, content: &Value) {
        self.put(&format!("rooms/{room}/state/{kind}/"), content, by);
    }
}
