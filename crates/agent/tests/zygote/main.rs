//! The zygote of the tests with real containers: no part of the product.

fn main() {
    gantry_runtime::zygote::zygote_main()
}
