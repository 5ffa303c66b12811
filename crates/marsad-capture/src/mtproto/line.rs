//! A connection to Telegram: bytes of a question in, bytes of its answer out, errors too.

use grammers_crypto::DequeBuffer;
use grammers_mtproto::MsgId;
use grammers_mtproto::mtp::{Deserialization, DeserializeError, Encrypted, Mtp, Plain, RpcResult};
use grammers_mtproto::transport::{self, Full};
use grammers_mtsender::{InvocationError, Sender, ServerAddr, generate_auth_key};
use grammers_tl_types::deserialize::Result as Read;
use grammers_tl_types::{
    Cursor, Deserializable, LAYER, RemoteCall, Serializable, enums, functions,
};

use super::session::{Centre, Session};
use crate::Missed;

/// An open connection.
pub(super) struct Line {
    sender: Sender<Full, Kept>,
    api_id: i32,
    /// Nothing was asked on it yet: the first question says who asks, in which layer.
    is_new: bool,
}

impl Line {
    pub(super) async fn open(session: &Session) -> Result<Self, Missed> {
        let mtp = Kept(Encrypted::build().finish(session.key));
        let at = ServerAddr::Tcp { address: session.address };
        let sender = Sender::connect(Full::new(), mtp, at).await;
        let sender = sender.map_err(|error| Missed::Unreachable(error.to_string()))?;
        Ok(Self { sender, api_id: session.api_id, is_new: true })
    }

    /// Asks; an error of Telegram's is an answer.
    pub(super) async fn ask(&mut self, body: Vec<u8>) -> Result<Vec<u8>, Missed> {
        let mut bytes = functions::InvokeWithoutUpdates { query: Raw(body) }.to_bytes();
        if self.is_new {
            bytes = self.introduced(bytes);
        }
        let answer = self.sender.invoke(&Raw(bytes)).await.map_err(|error| missed(&error))?;
        self.is_new = false;
        Ok(answer.0)
    }

    fn introduced(&self, query: Vec<u8>) -> Vec<u8> {
        let query = functions::InitConnection {
            api_id: self.api_id,
            device_model: "Marsad".to_owned(),
            system_version: std::env::consts::OS.to_owned(),
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
            system_lang_code: "en".to_owned(),
            lang_pack: String::new(),
            lang_code: "en".to_owned(),
            proxy: None,
            params: None,
            query: Raw(query),
        };
        functions::InvokeWithLayer { layer: LAYER, query }.to_bytes()
    }

    /// Keeps the connection alive while nobody asks; ends when it ends.
    pub(super) async fn rest(&mut self) -> Missed {
        loop {
            if let Err(error) = self.sender.step().await {
                return missed(&InvocationError::from(error));
            }
        }
    }
}

/// Makes a key with a data centre, by the exchange of keys that MTProto describes.
pub(super) async fn new_key(centre: Centre) -> Result<[u8; 256], Missed> {
    let at = ServerAddr::Tcp { address: centre.address };
    let plain = Sender::connect(Full::new(), Plain::new(), at).await;
    let plain = plain.map_err(|error| Missed::Unreachable(error.to_string()))?;
    let sender = generate_auth_key(plain).await.map_err(|error| missed(&error))?;
    Ok(sender.auth_key())
}

fn missed(error: &InvocationError) -> Missed {
    Missed::Unreachable(match error {
        InvocationError::Transport(transport::Error::BadStatus { status: 404 }) => {
            "Telegram does not know the key of this session; log in again with marsad sources login telegram".to_owned()
        }
        other => other.to_string(),
    })
}

/// Bytes of a question, whatever they say.
struct Raw(Vec<u8>);

/// Bytes of an answer, whatever they say.
struct Whole(Vec<u8>);

impl Serializable for Raw {
    fn serialize(&self, buf: &mut impl Extend<u8>) {
        buf.extend(self.0.iter().copied());
    }
}

impl RemoteCall for Raw {
    type Return = Whole;
}

impl Deserializable for Whole {
    fn deserialize(buf: &mut Cursor<'_>) -> Read<Self> {
        let mut bytes = Vec::new();
        while let Ok(byte) = buf.read_byte() {
            bytes.push(byte);
        }
        Ok(Self(bytes))
    }
}

/// The protocol as grammers speaks it, with two differences: an error is handed over as the bytes
/// that it came in, and what Telegram tells unasked is dropped unread.
struct Kept(Encrypted);

impl Mtp for Kept {
    fn push(&mut self, buffer: &mut DequeBuffer<u8>, request: &[u8]) -> Option<MsgId> {
        self.0.push(buffer, request)
    }

    fn finalize(&mut self, buffer: &mut DequeBuffer<u8>) -> Option<MsgId> {
        self.0.finalize(buffer)
    }

    fn deserialize(
        &mut self,
        payload: &mut [u8],
    ) -> Result<Vec<Deserialization>, DeserializeError> {
        let came = self.0.deserialize(payload)?;
        let kept = came.into_iter().filter_map(|part| match part {
            Deserialization::Update(_) | Deserialization::OwnUpdate { .. } => None,
            Deserialization::RpcError(refused) => {
                let body = enums::RpcError::from(refused.error).to_bytes();
                Some(Deserialization::RpcResult(RpcResult { msg_id: refused.msg_id, body }))
            }
            other => Some(other),
        });
        Ok(kept.collect())
    }
}
