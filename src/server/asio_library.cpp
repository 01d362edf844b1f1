// Boost.Asio and Boost.Beast are compiled here, once; everyone else sees their declarations.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
