//! `errors!`: the errors of a model.

/// Makes `ErrorCode` of one service: `errors! { ClientException = "ClientException" 400 Sender, }`.
#[macro_export]
macro_rules! errors {
    ($($error:ident = $code:literal $status:literal $blame:ident,)*) => {
        /// The errors of this service's model.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum ErrorCode {
            $(#[doc = concat!("`", $code, "`")] $error,)*
        }

        impl ErrorCode {
            /// Every error of the model.
            pub const ALL: &'static [ErrorCode] = &[$(Self::$error),*];

            /// Code, HTTP status and blame.
            pub fn info(self) -> $crate::ErrorInfo {
                match self {
                    $(Self::$error => $crate::ErrorInfo {
                        code: $code,
                        status: $status,
                        blame: $crate::Blame::$blame,
                    },)*
                }
            }

            /// This error with a message.
            pub fn fault(self, message: impl Into<std::borrow::Cow<'static, str>>) -> $crate::Fault {
                $crate::Fault::new(self.info(), message)
            }
        }
    };
}
