//! `services!`: one call to any service.

/// Makes `SERVICES` and `Call` of a crate with one module per service: `services! { Ecs: ecs, Sts: sts }`.
#[macro_export]
macro_rules! services {
    ($($service:ident: $module:ident),* $(,)?) => {
        /// Every service that is spoken.
        pub const SERVICES: &[&$crate::ServiceInfo] = &[$(&$module::SERVICE),*];

        /// One call to one of the services, with its input.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Call {
            $(#[doc = concat!("A call to `", stringify!($module), "`.")] $service($module::Request),)*
        }

        impl Call {
            /// Reads the input of the operation that a request was routed to, by way of [`SERVICES`].
            pub fn read(
                route: &$crate::route::Route,
                request: &$crate::HttpRequest<'_>,
            ) -> Result<Call, $crate::ReadError> {
                match route.service.name {
                    $(name if name == $module::SERVICE.name => {
                        let operation = $module::Operation::named(route.operation)
                            .expect("a route names an operation of its service");
                        $module::Request::read(operation, route.protocol, request).map(Call::$service)
                    })*
                    name => unreachable!("a route leads to a service of the table, not to {name}"),
                }
            }

            /// The input without its type.
            pub fn input(&self) -> &dyn $crate::schema::Structure {
                match self { $(Call::$service(request) => request.input(),)* }
            }
        }
    };
}
