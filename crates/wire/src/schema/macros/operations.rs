//! `operations!`: what can be called.

/// Makes `Operation` and `Request` of one service:
/// `operations! { CreateCluster(CreateClusterRequest) -> CreateClusterResponse [ClientException], }`.
///
/// Lines are in ascending order of the operations' names. In brackets stand the errors that the model
/// lists for the operation, variants of the `ErrorCode` that [`errors!`](crate::errors) makes.
#[macro_export]
macro_rules! operations {
    ($($operation:ident($input:ty) -> $output:ty [$($error:ident)*],)*) => {
        /// The operations of this service.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Operation {
            $(#[doc = concat!("`", stringify!($operation), "`")] $operation,)*
        }

        impl Operation {
            /// Every operation, in ascending order of its name.
            pub const ALL: &'static [Operation] = &[$(Self::$operation),*];
            /// Their names, in the same order.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($operation)),*];

            /// The operation of exactly this name.
            pub fn named(name: &str) -> Option<Operation> {
                Self::NAMES.binary_search(&name).ok().map(|index| Self::ALL[index])
            }

            /// The name on the wire.
            pub fn as_str(self) -> &'static str {
                Self::NAMES[self as usize]
            }

            /// The errors that the model lists for it.
            pub fn errors(self) -> &'static [ErrorCode] {
                match self { $(Self::$operation => &[$(ErrorCode::$error),*],)* }
            }

            /// An input without members.
            pub fn empty_input(self) -> Box<dyn $crate::schema::Structure> {
                match self { $(Self::$operation => Box::new(<$input>::default()),)* }
            }

            /// An output without members.
            pub fn empty_output(self) -> Box<dyn $crate::schema::Structure> {
                match self { $(Self::$operation => Box::new(<$output>::default()),)* }
            }
        }

        $(impl $crate::schema::Input for $input {
            type Output = $output;
            const OPERATION: &'static str = stringify!($operation);
        })*

        /// One call with its input.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Request {
            $(#[doc = concat!("`", stringify!($operation), "`")] $operation($input),)*
        }

        impl Request {
            /// Reads the input of an operation.
            pub fn read(
                operation: Operation,
                protocol: $crate::Protocol,
                request: &$crate::HttpRequest<'_>,
            ) -> Result<Request, $crate::ReadError> {
                match operation {
                    $(Operation::$operation => {
                        $crate::codec::read_input(protocol, request).map(Request::$operation)
                    })*
                }
            }

            /// The operation that is called.
            pub fn operation(&self) -> Operation {
                match self { $(Request::$operation(_) => Operation::$operation,)* }
            }

            /// The input without its type.
            pub fn input(&self) -> &dyn $crate::schema::Structure {
                match self { $(Request::$operation(input) => input,)* }
            }
        }
    };
}
